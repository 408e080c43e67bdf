export interface KnownProcess {
  pid: number;
  start: string;
}
export function startOf(pid: number): string;
export function describeProcess(pid: number): KnownProcess;
export function isRunning(known: KnownProcess | undefined): boolean;
export function endAll(known: readonly (KnownProcess | undefined)[], graceMs: number): Promise<void>;
