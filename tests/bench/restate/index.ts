import { performance } from "node:perf_hooks";
import { median, type Row } from "../report";
import { installRestate, startRestate } from "./server";

/**
 * Durable steps of Restate on this machine, for the figures of the sections "engine" and "queue" beside it: a chain and
 * a fan of steps that do nothing, 1,000 calls of 5 steps, and one call of one step. It keeps its log by RocksDB with its
 * defaults.
 */
export async function benchRestate(): Promise<Row[]> {
  const folder = installRestate();
  if (!folder) {
    console.log("  Restate is skipped: its packages could not be installed.");
    return [];
  }
  const restate = await startRestate(folder);
  try {
    const call = async (handler: string, count: number) => {
      const response = await fetch(`${restate.url}/bench/${handler}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(count),
      });
      const said = await response.text();
      if (said !== String(count)) throw new Error(`Restate answered ${response.status}: ${said}`);
    };
    const name = `Restate ${restate.version}`;
    const chain = await timed(5, () => call("chain", 100));
    const fan = await timed(5, () => call("fan", 1_000));
    const single = (await timed(60, () => call("chain", 1))).map((seconds) => seconds * 1000);
    const many = await timed(5, () => atOnce(1_000, 100, () => call("chain", 5)));
    const perSecond = many.map((seconds) => 5_000 / seconds);
    return [
      { what: `${name}: chain of 100 steps`, value: median(chain), unit: "s", all: chain },
      { what: `${name}: fan of 1,000 steps`, value: median(fan), unit: "s", all: fan },
      { what: `${name}: 1,000 calls × 5 steps`, value: median(perSecond), unit: "steps/s", all: perSecond },
      { what: `${name}: a call of one step, p50`, value: median(single), unit: "ms", all: single },
    ];
  } finally {
    await restate.stop();
  }
}

/** Seconds of each time; the first two warm everything up and don't count. */
async function timed(times: number, work: () => Promise<void>): Promise<number[]> {
  const all: number[] = [];
  for (let index = 0; index < times + 2; index += 1) {
    const startedMs = performance.now();
    await work();
    if (index >= 2) all.push((performance.now() - startedMs) / 1000);
  }
  return all;
}

/** Does the work `count` times, `width` of it at any time. */
async function atOnce(count: number, width: number, work: () => Promise<void>): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left > 0) {
        left -= 1;
        await work();
      }
    }),
  );
}
