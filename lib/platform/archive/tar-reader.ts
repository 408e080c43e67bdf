import { BlockReader } from "./block-reader";
import { ArchiveError, type Budget } from "./limits";
import { blockBytes, damaged, parseHeader, parsePax, type TarHeader, textAt } from "./tar-header";

export interface TarEntry {
  name: string;
  kind: "file" | "folder" | "link" | "other";
  /** All twelve bits. */
  mode: number;
  /** Of a file; everything else has no content. */
  sizeBytes: number;
  linkName: string;
  /** Must be read before the next entry is asked for; what is left is skipped. */
  content: AsyncIterable<Buffer>;
}

/** Long names, links and attributes of one entry. */
const maxMetadataBytes = 256 * 1024;
/** What writers pad the end with, in zeros. */
const maxPaddingBytes = 2 ** 20;

const kinds: Record<string, TarEntry["kind"]> = { "0": "file", "7": "file", "5": "folder", "2": "link" };

/**
 * The entries of a tar, streaming. Every header counts as an entry and every byte that comes out of the stream is
 * counted, also those that only describe and those after the end, of which only a bounded padding of zeros is taken.
 * Formats: POSIX.1-2001 pax and ustar, GNU tar's long names; no sparse files.
 * @throws ArchiveError when it is damaged or over the budget
 */
export async function* readTar(source: AsyncIterable<Uint8Array>, budget: Budget): AsyncGenerator<TarEntry> {
  const reader = new BlockReader(source);
  try {
    for (;;) {
      const header = await nextHeader(reader, budget);
      if (!header) return;
      const kind = kinds[header.type] ?? "other";
      const sizeBytes = kind === "file" ? header.size : 0;
      budget.count(sizeBytes);
      const body = new Body(reader, sizeBytes);
      // Writers of old mark folders by a slash alone.
      const isFolder = kind === "file" && header.name.endsWith("/") && sizeBytes === 0;
      const { name, mode, linkName } = header;
      yield { name, kind: isFolder ? "folder" : kind, mode, sizeBytes, linkName, content: body };
      await body.finish();
    }
  } finally {
    await reader.close();
  }
}

/** The next entry's header with what long ones said before it; null at the end. */
async function nextHeader(reader: BlockReader, budget: Budget): Promise<TarHeader | null> {
  const known: Partial<TarHeader> = {};
  for (;;) {
    const block = await reader.exactly(blockBytes);
    if (!block) {
      if (Object.keys(known).length > 0) throw damaged();
      return null;
    }
    if (isZero(block)) {
      await expectEnd(reader);
      return null;
    }
    budget.entry();
    const header = parseHeader(block);
    if (!"LKxg".includes(header.type)) return { ...header, ...known };
    const text = await metadata(reader, header.size, budget);
    if (header.type === "L") known.name = textAt(text, 0, text.length);
    else if (header.type === "K") known.linkName = textAt(text, 0, text.length);
    else if (header.type === "x") Object.assign(known, fromPax(parsePax(text)));
    else refuseGlobal(parsePax(text));
  }
}

async function metadata(reader: BlockReader, size: number, budget: Budget): Promise<Buffer> {
  if (size > maxMetadataBytes) {
    throw new ArchiveError("The archive contains an entry header that is too long.", { limit: true });
  }
  budget.count(size);
  const text = size === 0 ? Buffer.alloc(0) : await reader.exactly(size);
  if (!text) throw damaged();
  await reader.skip(paddingAfter(size));
  return text;
}

function fromPax(records: Map<string, string>): Partial<TarHeader> {
  if ([...records.keys()].some((key) => key.startsWith("GNU.sparse."))) {
    throw new ArchiveError("The archive contains a sparse file, which isn’t supported.");
  }
  const known: Partial<TarHeader> = {};
  const [path, linkName, size] = [records.get("path"), records.get("linkpath"), records.get("size")];
  if (path !== undefined) known.name = path;
  if (linkName !== undefined) known.linkName = linkName;
  if (size !== undefined) {
    if (!/^\d{1,15}$/.test(size)) throw damaged();
    known.size = Number(size);
  }
  return known;
}

/** Git writes a global header with a comment; one that renames or resizes everything is no archive to trust. */
function refuseGlobal(records: Map<string, string>): void {
  if (["path", "linkpath", "size"].some((key) => records.has(key))) throw damaged();
}

async function expectEnd(reader: BlockReader): Promise<void> {
  for (let padding = 0; ; ) {
    const piece = await reader.some(64 * 1024);
    if (!piece) return;
    padding += piece.length;
    if (!isZero(piece) || padding > maxPaddingBytes) {
      throw new ArchiveError("The archive contains data after its end.");
    }
  }
}

const zeros = Buffer.alloc(64 * 1024);

function isZero(piece: Buffer): boolean {
  return piece.equals(zeros.subarray(0, piece.length));
}

function paddingAfter(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

class Body implements AsyncIterable<Buffer> {
  private missing: number;

  constructor(
    private readonly reader: BlockReader,
    private readonly sizeBytes: number,
  ) {
    this.missing = sizeBytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (this.missing > 0) {
      const piece = await this.reader.some(this.missing);
      if (!piece) throw new ArchiveError("The archive is damaged: unexpected end of file.");
      this.missing -= piece.length;
      yield piece;
    }
  }

  async finish(): Promise<void> {
    await this.reader.skip(this.missing + paddingAfter(this.sizeBytes));
    this.missing = 0;
  }
}
