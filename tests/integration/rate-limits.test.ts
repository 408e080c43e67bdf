import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { query } from "@/lib/platform/db";
import type { TestDatabase } from "../support/database";
import { useTestPortal } from "../support/portal";
import { hasRedis, startRedis } from "../support/redis";

type Portal = typeof import("@/lib/platform/http/rate-limit") & { close(): Promise<void> };

const few = { points: 3, perSeconds: 60 };
let database: TestDatabase;
/** Two portals of one installation: each has modules of its own. */
let portals: [Portal, Portal];

async function openPortal(): Promise<Portal> {
  vi.resetModules();
  const limits = await import("@/lib/platform/http/rate-limit");
  const own = await import("@/lib/platform/db");
  const close = async () => {
    limits.resetRateLimits();
    await own.closeDb();
  };
  return { ...limits, close };
}

beforeAll(async () => {
  database = await useTestPortal();
});
beforeEach(async () => {
  portals = [await openPortal(), await openPortal()];
});
afterEach(async () => {
  for (const portal of portals) await portal.close();
});
afterAll(async () => {
  await database.drop();
});

it("counts together with other portals in PostgreSQL", async () => {
  const [one, two] = portals;
  await one.consumeRateLimit("sign-in", "192.0.2.1", few);
  await two.consumeRateLimit("sign-in", "192.0.2.1", few);
  expect(await one.consumeRateLimit("sign-in", "192.0.2.1", few)).toMatchObject({ limit: 3, remaining: 0 });
  await expect(two.consumeRateLimit("sign-in", "192.0.2.1", few)).rejects.toMatchObject({
    code: "rate_limited",
  });
  expect(await two.consumeRateLimit("sign-in", "192.0.2.2", few)).toMatchObject({ remaining: 2 });
  expect(await query("SELECT points FROM rate_limit_count WHERE key LIKE '%192.0.2.1'")).toEqual([
    { points: 4 },
  ]);
});

it("gives out no more than the allowance when both portals are asked at once", async () => {
  const asked = Array.from({ length: 20 }, (_, index) =>
    portals[index % 2]?.consumeRateLimit("upload", "usr_1", few).then(
      () => "admitted",
      (error: { code: string }) => error.code,
    ),
  );
  const answers = await Promise.all(asked);
  expect(answers.filter((one) => one === "admitted")).toHaveLength(3);
  expect(answers.filter((one) => one === "rate_limited")).toHaveLength(17);
});

it("keeps limits of every request out of PostgreSQL", async () => {
  const [one, two] = portals;
  for (const portal of portals)
    await portal.consumeRateLimit("actor", "usr_2", { ...few, ofEveryRequest: true });
  expect(await one.consumeRateLimit("actor", "usr_2", { ...few, ofEveryRequest: true })).toMatchObject({
    remaining: 1,
  });
  expect(await two.consumeRateLimit("actor", "usr_2", { ...few, ofEveryRequest: true })).toMatchObject({
    remaining: 1,
  });
  expect(await query("SELECT key FROM rate_limit_count WHERE key LIKE '%usr_2'")).toEqual([]);
});

it("still limits while the database doesn't answer", async () => {
  const [one] = portals;
  await database.pool.query("ALTER TABLE rate_limit_count RENAME TO rate_limit_away");
  try {
    for (let index = 0; index < 3; index += 1) await one.consumeRateLimit("sign-in", "192.0.2.3", few);
    await expect(one.consumeRateLimit("sign-in", "192.0.2.3", few)).rejects.toMatchObject({
      code: "rate_limited",
    });
  } finally {
    await database.pool.query("ALTER TABLE rate_limit_away RENAME TO rate_limit_count");
  }
});

it.skipIf(!hasRedis())("counts every limit together in Redis, and alone while Redis is away", async () => {
  const redis = await startRedis();
  vi.stubEnv("REDIS_URL", redis.url);
  const [one, two] = [await openPortal(), await openPortal()];
  const plenty = { points: 1_000, perSeconds: 60 };
  try {
    // A connection is opened with the first request, which doesn't wait for it.
    const used = async (portal: Portal) =>
      1_000 - (await portal.consumeRateLimit("warm", "usr_4", plenty)).remaining;
    await vi.waitFor(async () => {
      const before = await used(one);
      expect(await used(two)).toBe(before + 1);
    }, 5_000);
    const everyRequest = { ...few, ofEveryRequest: true as const };
    await one.consumeRateLimit("actor", "usr_4", everyRequest);
    await two.consumeRateLimit("actor", "usr_4", everyRequest);
    expect(await one.consumeRateLimit("actor", "usr_4", everyRequest)).toMatchObject({ remaining: 0 });
  } finally {
    await redis.stop();
  }
  try {
    for (let index = 0; index < 3; index += 1) await one.consumeRateLimit("sign-in", "192.0.2.5", few);
    await expect(one.consumeRateLimit("sign-in", "192.0.2.5", few)).rejects.toMatchObject({
      code: "rate_limited",
    });
  } finally {
    vi.unstubAllEnvs();
    for (const portal of [one, two]) await portal.close();
  }
});
