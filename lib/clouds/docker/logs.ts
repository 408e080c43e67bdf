import { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import { type ComponentRef, DriverError, type LogLine } from "../contract";
import { demux } from "./demux";
import type { DockerCloud } from "./engine";
import { statusOf } from "./errors";
import { findOwn, replicasOf } from "./own";

/** A line with the engine's own timestamp: its nanoseconds tell lines of one millisecond apart. */
interface StampedLine extends LogLine {
  stamp: string;
}

export interface LogOptions {
  tailLines: number;
  follow: boolean;
  signal: AbortSignal;
}

/** Log lines of all replicas of a component in order of time; with `follow` until the signal aborts. */
export async function* componentLogs(
  cloud: DockerCloud,
  ref: ComponentRef,
  options: LogOptions,
): AsyncGenerator<LogLine> {
  const own = await findOwn(cloud, ref, { signal: options.signal });
  const names = [...replicasOf(own).values()].map((container) => container.name);
  if (names.length === 0) {
    throw new DriverError("permanent", `${ref.component} has no container, so it has no log.`);
  }
  const past = await Promise.all(
    names.map((name) => readPast(cloud, name, options.tailLines, options.signal)),
  );
  const lines = past.flat().sort((left, right) => (left.at?.getTime() ?? 0) - (right.at?.getTime() ?? 0));
  for (const line of lines.slice(-options.tailLines)) yield plain(line);
  if (options.follow) yield* followAll(cloud, names, past, options.signal);
}

/** The last lines of one container as plain text; empty when they cannot be had. */
export async function tailOf(cloud: DockerCloud, name: string, lines: number): Promise<string[]> {
  try {
    const found = await readPast(cloud, name, lines, AbortSignal.timeout(5_000));
    return found.map((line) => line.text);
  } catch (error) {
    // Only decorates an error message that is being made: it must not hide it.
    return [`(log unavailable: ${error instanceof Error ? error.message : String(error)})`];
  }
}

async function readPast(
  cloud: DockerCloud,
  name: string,
  tail: number,
  signal: AbortSignal,
): Promise<StampedLine[]> {
  if (tail <= 0) return [];
  const { engine } = cloud;
  const buffer = await engine.call(
    `reading the log of ${name}`,
    (abortSignal) =>
      engine.docker
        .getContainer(name)
        .logs({ follow: false, stdout: true, stderr: true, timestamps: true, tail, abortSignal }),
    { signal },
  );
  const lines: StampedLine[] = [];
  for await (const line of linesOf(Readable.from([Buffer.from(buffer)]))) lines.push(line);
  return lines;
}

async function* followAll(
  cloud: DockerCloud,
  names: string[],
  past: StampedLine[][],
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const waiting: LogLine[] = [];
  let wake: (() => void) | undefined;
  let failure: unknown;
  let open = names.length;
  const stop = new AbortController();
  const inner = AbortSignal.any([signal, stop.signal]);
  const nudge = () => wake?.();
  inner.addEventListener("abort", nudge, { once: true });
  for (const [index, name] of names.entries()) {
    const since = past[index]?.at(-1)?.stamp ?? "";
    (async () => {
      for await (const line of followOne(cloud, name, since, inner)) {
        waiting.push(line);
        nudge();
      }
    })()
      .catch((error: unknown) => {
        if (!inner.aborted) failure = error;
      })
      .finally(() => {
        open -= 1;
        nudge();
      });
  }
  try {
    while (!signal.aborted && failure === undefined) {
      const line = waiting.shift();
      if (line) yield line;
      else if (open === 0) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    if (failure !== undefined) throw failure;
  } finally {
    stop.abort();
  }
}

/** The engine ends a log stream with its container; it is opened again, so that a restart stays in sight. */
async function* followOne(
  cloud: DockerCloud,
  name: string,
  since: string,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const { engine } = cloud;
  let last = since;
  while (!signal.aborted) {
    let stream: NodeJS.ReadableStream;
    try {
      stream = await engine.call(
        `following the log of ${name}`,
        () =>
          engine.docker.getContainer(name).logs({
            follow: true,
            stdout: true,
            stderr: true,
            timestamps: true,
            since: sinceOf(last) as unknown as number,
            abortSignal: signal,
          }),
        { signal },
      );
    } catch (error) {
      if (statusOf(error) === 404) return;
      throw error;
    }
    try {
      for await (const line of linesOf(stream as Readable)) {
        if (line.stamp !== "" && line.stamp <= last) continue;
        last = line.stamp || last;
        yield plain(line);
      }
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    await sleep(1_000, undefined, { signal }).catch(() => undefined);
  }
}

/** Seconds and nanoseconds since 1970, as the engine's `since` takes them. */
function sinceOf(stamp: string): string {
  if (stamp === "") return "0";
  const nanoseconds = /\.(\d{9})Z$/.exec(stamp)?.[1] ?? "000000000";
  return `${Math.floor(Date.parse(stamp) / 1000)}.${nanoseconds}`;
}

function plain(line: StampedLine): LogLine {
  return { at: line.at, stream: line.stream, text: line.text };
}

/** What the engine puts before each message: a time with nanoseconds, and a space. */
const stampPattern = /^\d{4}-\d\d-\d\dT[\d:.]+Z ?/;
const longestStampBytes = 40;

/**
 * Cuts both streams into lines. Each begins with the engine's timestamp. The engine keeps a line longer than 16 KiB as
 * several messages, each with a timestamp of its own, cut anywhere, also within a character: all but the first are left out.
 */
export async function* linesOf(source: Readable): AsyncGenerator<StampedLine> {
  const rest = { stdout: "", stderr: "" };
  const isOpen = { stdout: false, stderr: false };
  const decoders = { stdout: new StringDecoder(), stderr: new StringDecoder() };
  for await (const { stream, data } of demux(source)) {
    const bytes = isOpen[stream] ? withoutStamp(data) : data;
    isOpen[stream] = bytes.length > 0 ? bytes.at(-1) !== 0x0a : isOpen[stream];
    const lines = (rest[stream] + decoders[stream].write(bytes)).split("\n");
    rest[stream] = lines.pop() ?? "";
    for (const line of lines) yield lineOf(stream, line);
  }
  for (const stream of ["stdout", "stderr"] as const) {
    if (rest[stream] !== "") yield lineOf(stream, rest[stream]);
  }
}

function withoutStamp(data: Buffer): Buffer {
  const stamp = stampPattern.exec(data.subarray(0, longestStampBytes).toString("latin1"))?.[0] ?? "";
  return data.subarray(stamp.length);
}

function lineOf(stream: "stdout" | "stderr", text: string): StampedLine {
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?/.exec(text);
  const stamp = match?.[1] ?? "";
  const rest = text.slice(match?.[0].length ?? 0).replace(/\r$/, "");
  return { at: stamp ? new Date(stamp) : null, stream, text: rest, stamp };
}
