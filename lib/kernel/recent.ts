/**
 * Answers that may be a little old: the last one per key is kept for `maxAgeMs`, and everybody who asks meanwhile shares
 * it. A failed one is forgotten at once. At most `most` keys, the ones asked for longest ago go first.
 */
export class Recent<T> {
  private readonly kept = new Map<string, { atMs: number; value: Promise<T> }>();

  constructor(
    private readonly maxAgeMs: number,
    private readonly most = 200,
  ) {}

  async get(key: string, load: () => Promise<T>, nowMs = Date.now()): Promise<T> {
    const known = this.kept.get(key);
    if (known && nowMs - known.atMs < this.maxAgeMs) return await known.value;
    const entry = { atMs: nowMs, value: load() };
    this.kept.delete(key);
    this.kept.set(key, entry);
    const [oldest] = this.kept.keys();
    if (this.kept.size > this.most && oldest !== undefined) this.kept.delete(oldest);
    try {
      return await entry.value;
    } catch (error) {
      if (this.kept.get(key) === entry) this.kept.delete(key);
      throw error;
    }
  }
}
