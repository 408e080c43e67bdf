import { randomBytes } from "node:crypto";
import type {
  ApplyResult,
  ChangeContext,
  CloudConnection,
  ComponentRef,
  FileSource,
  Observation,
} from "@/lib/clouds/contract";

export type Present = Extract<Observation, { present: true }>;

/** How long a change may take in a test. */
export const stepMs = 60_000;

/** A change context whose log lines are kept. */
export function changeContext(
  files: FileSource,
  key = `stp_${randomBytes(6).toString("hex")}`,
  signal = new AbortController().signal,
): ChangeContext & { lines: string[] } {
  const lines: string[] = [];
  return { idempotencyKey: key, signal, files, lines, log: (line) => void lines.push(line) };
}

/** A ref of an environment no one else uses. */
export function newRef(component = "web"): ComponentRef {
  const id = randomBytes(6).toString("hex");
  return { environmentId: `env_${id}`, environmentName: `trial-${id.slice(0, 4)}`, component };
}

/** Polls a change until it is done. */
export async function finish(
  connection: CloudConnection,
  ref: ComponentRef,
  first: ApplyResult,
  ctx: ChangeContext,
): Promise<Present> {
  let result: Awaited<ReturnType<CloudConnection["poll"]>> = first;
  const until = Date.now() + stepMs;
  while (result.state === "pending" && Date.now() < until) {
    await pause(Math.min(result.wakeAfterMs, 500));
    result = await connection.poll(ref, result.token, ctx);
  }
  if (result.state !== "done" || !("observation" in result)) throw new Error("the change did not finish");
  return result.observation;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Looks again until `check` holds, at most `limitMs`. */
export async function eventually<T>(
  look: () => Promise<T>,
  check: (value: T) => boolean,
  limitMs = 15_000,
): Promise<T> {
  const until = Date.now() + limitMs;
  for (;;) {
    const value = await look();
    if (check(value) || Date.now() > until) return value;
    await pause(100);
  }
}

/** Body of a page; tries again while nothing answers, as a browser's user would. */
export async function fetchText(url: string, limitMs = 10_000): Promise<string> {
  const until = Date.now() + limitMs;
  for (;;) {
    try {
      const response = await fetch(url, {
        headers: { connection: "close" },
        signal: AbortSignal.timeout(5_000),
      });
      return await response.text();
    } catch (error) {
      if (Date.now() > until) throw error;
      await pause(100);
    }
  }
}
