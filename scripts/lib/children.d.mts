export interface KnownProcess {
  pid: number;
  start: string;
}
export function startOf(pid: number): string;
export function describeProcess(pid: number): KnownProcess;
export function isRunning(known: KnownProcess | undefined): boolean;
export function endAll(known: readonly (KnownProcess | undefined)[], graceMs: number): Promise<void>;

export class ProcessFile {
  constructor(file: string, onProblem?: (error: NodeJS.ErrnoException) => void);
  content: Record<string, unknown>;
  read(): Record<string, unknown>;
  set(changes: Record<string, unknown>): void;
  remove(): void;
}
