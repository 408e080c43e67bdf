import { ArchiveError } from "./limits";

/** Reads a stream in pieces of the wanted size, holding one chunk of it at a time. */
export class BlockReader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  /** At least one and at most `limit` bytes; null at the end. */
  async some(limit: number): Promise<Buffer | null> {
    while (this.rest.length === 0) {
      const next = await this.chunks.next();
      if (next.done) return null;
      const { buffer, byteOffset, byteLength } = next.value;
      this.rest = Buffer.from(buffer, byteOffset, byteLength);
    }
    const piece = this.rest.subarray(0, limit);
    this.rest = this.rest.subarray(piece.length);
    return piece;
  }

  /** Exactly so many bytes; null at the end. @throws ArchiveError when the end comes in between */
  async exactly(length: number): Promise<Buffer | null> {
    const first = await this.some(length);
    if (!first || first.length === length) return first;
    const parts = [first];
    for (let missing = length - first.length; missing > 0; ) {
      const piece = await this.some(missing);
      if (!piece) throw new ArchiveError("The archive is damaged: unexpected end of file.");
      parts.push(piece);
      missing -= piece.length;
    }
    return Buffer.concat(parts);
  }

  async skip(length: number): Promise<void> {
    for (let missing = length; missing > 0; ) {
      const piece = await this.some(missing);
      if (!piece) throw new ArchiveError("The archive is damaged: unexpected end of file.");
      missing -= piece.length;
    }
  }

  /** Ends the source too. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}
