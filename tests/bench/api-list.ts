import { performance } from "node:perf_hooks";
import { Visitor } from "./client";
import { newDataDir, removeDataDir, startProduct } from "./npm-start";
import { percentile, type Row } from "./report";

const connections = 100;
const warmUpMs = 3_000;
/** Below the allowance that each of the four people has in a minute. */
const measuredMs = 8_000;
const path = "/api/v1/environments?limit=36";

/** A list of the API asked for on a hundred connections at once, by the four demo users, on demo data. */
export async function benchApiList(): Promise<Row[]> {
  const dataDir = newDataDir();
  try {
    const product = await startProduct(dataDir);
    const visitors: Visitor[] = [];
    try {
      for (const role of ["developer", "approver", "finance", "admin"]) {
        const first = await Visitor.signIn(product.url, role, await product.demoCookie());
        visitors.push(first, ...Array.from({ length: connections / 4 - 1 }, () => first.twin()));
      }
      await ask(visitors, warmUpMs);
      const cpuMs = product.portalCpuMs();
      const startedMs = performance.now();
      const all = await ask(visitors, measuredMs);
      const seconds = (performance.now() - startedMs) / 1000;
      const cpu = ((product.portalCpuMs() - cpuMs) / all.length).toFixed(2);
      return [
        {
          what: `list of 36 environments, ${connections} connections, requests a second`,
          value: all.length / seconds,
          unit: "/s",
          target: 400,
          higherIsBetter: true,
          note: `${cpu} ms of the portal's processor time each`,
        },
        {
          what: "the slowest hundredth of them",
          value: percentile(all, 0.99),
          unit: "ms",
          target: 500,
          note: `median ${percentile(all, 0.5).toFixed(0)} ms`,
        },
      ];
    } finally {
      for (const visitor of visitors) visitor.close();
      await product.stop();
    }
  } finally {
    removeDataDir(dataDir);
  }
}

/** Each visitor asks again as soon as it has its answer. @returns how long each answer took, in ms */
async function ask(visitors: readonly Visitor[], durationMs: number): Promise<number[]> {
  const untilMs = performance.now() + durationMs;
  const times: number[] = [];
  await Promise.all(
    visitors.map(async (visitor) => {
      while (performance.now() < untilMs) times.push((await visitor.time(path)).ms);
    }),
  );
  return times;
}
