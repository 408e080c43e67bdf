import { type Clock, systemClock } from "./clock";

/**
 * Gathers single calls into one call of many: while one is under way, the next ones wait together. A call of many that
 * fails is made again item by item, so that a bad item fails alone; the work must bear being repeated.
 */
export class Batcher<In, Out> {
  private waiting: { item: In; resolve: (out: Out) => void; reject: (error: unknown) => void }[] = [];
  private running = false;

  /**
   * @param work gets the items of a batch and answers with one result per item, in order
   * @param soon calls back when a batch has been gathered
   */
  constructor(
    private readonly work: (items: In[]) => Promise<Out[]>,
    private readonly soon: Clock["soon"] = systemClock.soon,
  ) {}

  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.running) this.soon(() => void this.flush());
    });
  }

  private async flush(): Promise<void> {
    if (this.running || this.waiting.length === 0) return;
    this.running = true;
    const batch = this.waiting.splice(0);
    try {
      await this.workOn(batch);
    } finally {
      this.running = false;
      if (this.waiting.length > 0) this.soon(() => void this.flush());
    }
  }

  private async workOn(batch: typeof this.waiting): Promise<void> {
    try {
      const results = await this.work(batch.map((entry) => entry.item));
      batch.forEach((entry, index) => {
        entry.resolve(results[index] as Out);
      });
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const entry of batch) await this.workOn([entry]);
    }
  }
}
