import type { KnownProcess } from "./children.mjs";

export interface ChildEnd {
  reason: string;
  restarts: number;
  waitMs: number;
  hung: boolean;
}

export interface ChildOptions {
  command: string;
  args: readonly string[];
  env: Record<string, string | undefined>;
  cwd: string;
  logFile?: string;
  hangLimitMs?: number;
  onStart(known: KnownProcess): void;
  onEnd(end: ChildEnd): void;
  onProblem?(text: string): void;
}

export class Child {
  constructor(options: ChildOptions);
  known: KnownProcess | undefined;
  restarts: number;
  start(): void;
  restartWith(changes: Record<string, string>, graceMs: number): Promise<void>;
  stop(graceMs: number): Promise<void>;
  kill(): void;
}
