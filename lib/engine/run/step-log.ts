import type { Clock } from "@/lib/kernel/clock";
import type { RunStore, StepLogLine } from "./ports";

const maxLineLength = 4_000;
const maxBuffered = 20_000;

/** Collects log lines of steps and writes them in batches. Logs are helpful, not truth: a failed batch is kept once. */
export class StepLogWriter {
  private lines: StepLogLine[] = [];
  private stopTimer: (() => void) | null = null;
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;

  constructor(
    private readonly store: Pick<RunStore, "addLog">,
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
    /** Called with the runs that have new lines, once these can be read. */
    private readonly onStored: (runIds: ReadonlySet<string>) => void = () => {},
    private readonly delayMs = 150,
  ) {}

  add(runId: string, stepId: string, text: string): void {
    if (this.lines.length >= maxBuffered) this.lines.shift();
    const at = new Date(this.clock.now()).toISOString();
    this.lines.push({ runId, stepId, at, text: text.slice(0, maxLineLength) });
    this.stopTimer ??= this.clock.after(this.delayMs, () => void this.flush());
  }

  /** Writes what is buffered; resolves when it is stored or has failed. Who asks meanwhile shares the next write. */
  flush(): Promise<void> {
    this.stopTimer?.();
    this.stopTimer = null;
    this.next ??= this.writing.then(() => {
      this.next = null;
      return this.writeLines();
    });
    this.writing = this.next;
    return this.writing;
  }

  private async writeLines(): Promise<void> {
    const batch = this.lines.splice(0);
    if (batch.length === 0) return;
    try {
      await this.store.addLog(batch);
      this.onStored(new Set(batch.map((line) => line.runId)));
    } catch (error) {
      this.onError(error);
    }
  }
}
