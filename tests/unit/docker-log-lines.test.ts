import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { linesOf } from "@/lib/clouds/docker/logs";

/** A message as the engine sends it: a frame of the multiplexed stream. */
function frame(data: Buffer | string, stream = 1): Buffer {
  const body = Buffer.from(data);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

async function read(...frames: Buffer[]) {
  const lines = [];
  // In chunks that keep to no border.
  const all = Buffer.concat(frames);
  const chunks = Array.from({ length: Math.ceil(all.length / 7) }, (_, at) =>
    all.subarray(at * 7, at * 7 + 7),
  );
  for await (const { text, stream, at } of linesOf(Readable.from(chunks)))
    lines.push({ text, stream, at: at?.getTime() });
  return lines;
}

const stamp = (second: number) => `2026-11-29T12:00:0${second}.123456789Z `;
const at = Date.parse("2026-11-29T12:00:01.123Z");

describe("lines of a container's log", () => {
  it("have the time of the engine", async () => {
    expect(await read(frame(`${stamp(1)}one\n`), frame(`${stamp(1)}two\r\n`, 2))).toEqual([
      { text: "one", stream: "stdout", at },
      { text: "two", stream: "stderr", at },
    ]);
  });

  it("that are long come in messages with a time each, and are one line with the first time", async () => {
    const [left, right] = [Buffer.from("ä").subarray(0, 1), Buffer.from("ä").subarray(1)];
    const messages = [
      frame(Buffer.concat([Buffer.from(`${stamp(1)}long `), left])),
      frame(`${stamp(2)}other stream\n`, 2),
      frame(Buffer.concat([Buffer.from(stamp(2)), right, Buffer.from("ußerst ")])),
      frame(`${stamp(3)}long\n`),
      frame(`${stamp(4)}next\n`),
    ];
    expect((await read(...messages)).filter((one) => one.stream === "stdout")).toEqual([
      { text: "long äußerst long", stream: "stdout", at },
      { text: "next", stream: "stdout", at: Date.parse("2026-11-29T12:00:04.123Z") },
    ]);
  });

  it("that have no end are shown at the end", async () => {
    expect(await read(frame(`${stamp(1)}one\n`), frame(`${stamp(1)}prompt> `))).toMatchObject([
      { text: "one" },
      { text: "prompt> " },
    ]);
  });
});
