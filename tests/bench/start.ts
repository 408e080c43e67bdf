import { setTimeout as sleep } from "node:timers/promises";
import { newDataDir, removeDataDir, startProduct } from "./npm-start";
import { median, type Row } from "./report";

const times = 3;
/** Memory is looked at when both have done their first rounds and V8 has given back what the start needed (after 24 to 33 s). */
const settleMs = 45_000;

/** `npm start` on an installed, built clone: from the start of its process to the first answers; memory after it. */
export async function benchStart(): Promise<Row[]> {
  const dataDir = newDataDir();
  try {
    // Builds what is stale, so that no later start has to.
    const first = await startProduct(dataDir);
    await first.stop();
    const fresh = newDataDir();
    const empty = await startProduct(fresh);
    await empty.stop();
    removeDataDir(fresh);
    const health: number[] = [];
    const signIn: number[] = [];
    const memory: ReturnType<typeof first.memory>[] = [];
    for (let index = 0; index < times; index += 1) {
      const product = await startProduct(dataDir);
      health.push(product.firstAnswer.health);
      signIn.push(product.firstAnswer.signIn);
      await sleep(settleMs);
      memory.push(product.memory());
      await product.stop();
    }
    const pss = memory.map((one) => one.pss);
    const middle = (pick: (one: (typeof memory)[number]) => number) => median(memory.map(pick)).toFixed(0);
    return [
      {
        what: "start with data, to the first 200 of /api/v1/health",
        value: median(health),
        unit: "s",
        target: 6,
        all: health,
      },
      {
        what: "start with data, to the first 200 of /sign-in",
        value: median(signIn),
        unit: "s",
        target: 6,
        all: signIn,
      },
      {
        what: "first start, empty data directory, to /api/v1/health",
        value: empty.firstAnswer.health,
        unit: "s",
      },
      { what: "first start, empty data directory, to /sign-in", value: empty.firstAnswer.signIn, unit: "s" },
      {
        what: "portal and workers after the start, memory they hold together",
        value: median(pss),
        unit: "MB",
        target: 450,
        all: pss,
        note: `PSS; resident ${middle((one) => one.rss)}: portal ${middle((one) => one.portal)}, workers ${middle((one) => one.workers)}`,
      },
    ];
  } finally {
    removeDataDir(dataDir);
  }
}
