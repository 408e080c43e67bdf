import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { closeQueues } from "@/lib/platform/queue";
import { getQueue } from "@/lib/platform/queue/connection";
import { handlers } from "@/workers/handlers";
import { startJobs } from "@/workers/start-jobs";
import { Turns } from "@/workers/turns";
import { useTestPortal } from "../support/portal";
import { hasRedis, startRedis } from "../support/redis";
import { until } from "../support/world";

const role = "provisioning";

describe.skipIf(!hasRedis())("a Redis that goes away", () => {
  it("delays nothing by more than some seconds, and takes over again when it is back", async () => {
    let redis = await startRedis();
    const database = await useTestPortal({ REDIS_URL: redis.url });
    const sweptMs: number[] = [];
    const turns = new Turns({
      ...handlers,
      "runs.sweep": async () => async () => void sweptMs.push(performance.now()),
    });
    const stop = await startJobs([role], turns);
    try {
      await until(
        async () => sweptMs.length,
        (count) => count >= 3,
        15_000,
        50,
      );
      await redis.stop();
      const lostMs = performance.now();
      await sleep(16_000);
      const during = sweptMs.filter((at) => at > lostMs);
      expect(during.length).toBeGreaterThanOrEqual(4);
      const gaps = during.map((at, index) => at - (during[index - 1] ?? lostMs));
      expect(Math.max(...gaps), "the longest time without a turn").toBeLessThan(9_000);
      // Empty, as one without persistence comes back.
      redis = await startRedis(Number(new URL(redis.url).port));
      const schedulers = async () => (await getQueue(role)).getJobSchedulers().catch(() => []);
      await until(schedulers, (found) => found.length === 1, 30_000, 200);
      const backMs = performance.now();
      await until(
        async () => sweptMs.filter((at) => at > backMs).length,
        (count) => count >= 3,
        15_000,
        50,
      );
    } finally {
      await stop();
      await closeQueues(500);
      await database.drop();
      await redis.stop();
    }
  });
});
