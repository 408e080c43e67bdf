import type { Pool } from "pg";

interface Line {
  runId: string;
  stepId: string;
  at: string;
  text: string;
}

const maxLineLength = 4_000;
const maxBuffered = 20_000;

/** Collects log lines of steps and writes them in batches. Logs are helpful, not truth: a failed batch is kept once. */
export class StepLogWriter {
  private lines: Line[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly onError: (error: unknown) => void,
    /** Called with the runs that have new lines, once these can be read. */
    private readonly onStored: (runIds: ReadonlySet<string>) => void = () => {},
    private readonly delayMs = 150,
  ) {}

  add(runId: string, stepId: string, text: string): void {
    if (this.lines.length >= maxBuffered) this.lines.shift();
    this.lines.push({ runId, stepId, at: new Date().toISOString(), text: text.slice(0, maxLineLength) });
    this.timer ??= setTimeout(() => void this.flush(), this.delayMs);
  }

  /** Writes what is buffered; resolves when it is stored or has failed. Who asks meanwhile shares the next write. */
  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.next ??= this.writing.then(() => {
      this.next = null;
      return this.store();
    });
    this.writing = this.next;
    return this.writing;
  }

  private async store(): Promise<void> {
    const batch = this.lines.splice(0);
    if (batch.length === 0) return;
    try {
      await this.pool.query({
        name: "step_log_insert",
        text: `INSERT INTO step_log (run_id, step_id, at, text)
               SELECT l."runId", l."stepId", l.at, l.text
               FROM json_to_recordset($1::json) AS l("runId" text, "stepId" text, at timestamptz, text text)`,
        values: [JSON.stringify(batch)],
      });
      this.onStored(new Set(batch.map((line) => line.runId)));
    } catch (error) {
      this.onError(error);
    }
  }
}
