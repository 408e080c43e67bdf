import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack as createPack, extract, type Header, type Pack } from "tar-stream";

/**
 * The one use of tar-stream: writing tars, and reading those that a cloud or a component gives. Uploads are read by
 * `tar-reader`, which counts what tar-stream takes without a word: headers that describe nothing, global headers and
 * what follows the end.
 */
export { createPack, type Header, type Pack };

/** What a tar contains under one name, with its content, which `each` reads or resumes. */
export type TarMember = Readable & { header: Header };

/**
 * Reads a tar, member by member.
 * @throws what `each` throws; Error when the tar is damaged, cut off or its source fails
 */
export async function readMembers(
  source: Readable,
  each: (member: TarMember) => Promise<void>,
): Promise<void> {
  const reader = extract();
  let failure: unknown;
  const flow = pipeline(source, reader).catch((error: unknown) => {
    failure = error;
  });
  for await (const member of reader) {
    // What broke the tar also breaks its member, with a message that says less.
    await each(member as unknown as TarMember).catch((error: unknown) => {
      throw failure ?? error;
    });
  }
  await flow;
  if (failure) throw failure;
}

/** A tar that `fill` writes, as a stream of Node; a failure of `fill` is a failure of the stream. */
export function tarStream(fill: (pack: Pack) => Promise<void>): Readable {
  const pack = createPack();
  fill(pack).then(
    () => pack.finalize(),
    (error: unknown) => pack.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return Readable.from(pack as AsyncIterable<Buffer>, { objectMode: false });
}

/** Adds a small file that is on no disk. */
export async function packText(pack: Pack, name: string, text: string): Promise<void> {
  await addEntry(pack, { name, mode: 0o600, type: "file" }, text);
}

/** Adds an entry that is on no disk. */
export function addEntry(
  pack: Pack,
  header: Partial<Header> & { name: string },
  content?: Buffer | string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    if (content === undefined) pack.entry(header, done);
    else pack.entry(header, content, done);
  });
}

/** Adds a file whose content flows in; `header.size` says how much. */
export async function addContent(
  pack: Pack,
  header: Partial<Header> & { name: string },
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const sink = pack.entry(header, (error) => (error ? reject(error) : resolve()));
    // Iterated: a stream that failed before this would not tell a pipeline so.
    pipeline(Readable.from(content, { objectMode: false }), sink).catch(reject);
  });
}
