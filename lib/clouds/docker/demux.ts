import type { Readable } from "node:stream";

export interface Frame {
  stream: "stdout" | "stderr";
  data: Buffer;
}

const headerBytes = 8;

/**
 * Takes the engine's multiplexed stream apart. A frame is one byte for the stream (1 stdout, 2 stderr), three
 * zeros, the length as 32 bits big-endian, and the data (Engine API, "ContainerAttach").
 */
export async function* demux(source: Readable): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= headerBytes) {
      const end = headerBytes + rest.readUInt32BE(4);
      if (rest.length < end) break;
      yield { stream: rest[0] === 2 ? "stderr" : "stdout", data: rest.subarray(headerBytes, end) };
      rest = rest.subarray(end);
    }
  }
}
