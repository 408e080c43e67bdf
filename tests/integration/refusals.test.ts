import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { anonymousActor, flushRefusals, recordDenied, resetRefusals, systemActor } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import type { TestDatabase } from "../support/database";
import { useTestPortal } from "../support/portal";

/** No one floods the audit log with refusals, and none of them is lost. */

let database: TestDatabase;
beforeAll(async () => {
  database = await useTestPortal();
});
afterAll(async () => await database.drop());
beforeEach(() => resetRefusals());
afterEach(() => vi.useRealTimers());

let numbers = 0;
function person() {
  numbers += 1;
  return {
    ...systemActor(""),
    userId: `usr_${numbers}`,
    name: "Mallory",
    via: "token" as const,
    unlimited: false,
  };
}

interface Written {
  events: number;
  attempts: number;
}

async function writtenOf(column: "actor_id" | "ip", value: string | null): Promise<Written | undefined> {
  const [row] = await query<Written>(
    `SELECT count(*)::int AS events, coalesce(sum(coalesce((detail->>'repeated')::int, 1)), 0)::int AS attempts
       FROM audit_event WHERE outcome = 'denied' AND ${column} = $1`,
    [value],
  );
  return row;
}

it("writes the first attempt at once and the repeats as a number", async () => {
  const actor = person();
  for (let index = 0; index < 50; index += 1) {
    await recordDenied(actor, "environment.read", { objectType: "environment", objectId: "env_1" });
  }
  expect(await writtenOf("actor_id", actor.userId)).toEqual({ events: 1, attempts: 1 });
  await flushRefusals();
  expect(await writtenOf("actor_id", actor.userId)).toEqual({ events: 2, attempts: 50 });
});

it("tells apart who, what, about what and by which operation", async () => {
  const [one, other] = [person(), person()];
  const target = { objectType: "environment", objectId: "env_1" };
  await recordDenied(one, "environment.read", target);
  await recordDenied(other, "environment.read", target);
  await recordDenied(one, "cost.read", target);
  await recordDenied(one, "environment.read", { ...target, objectId: "env_2" });
  await recordDenied(
    { ...one, operation: "GET /api/v1/environments/env_1/logs" },
    "environment.read",
    target,
  );
  expect(await writtenOf("actor_id", one.userId)).toEqual({ events: 4, attempts: 4 });
  expect(await writtenOf("actor_id", other.userId)).toEqual({ events: 1, attempts: 1 });
});

it("counts in windows by itself, and forgets who stopped", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const actor = person();
  const attempt = async (times: number) => {
    for (let index = 0; index < times; index += 1)
      await recordDenied(actor, "run.read", { objectId: "run_1" });
  };
  // The database answers in real time.
  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    await query("SELECT pg_sleep(0.3)");
  };
  const settled = async (expected: Written) => {
    vi.useRealTimers();
    await vi.waitFor(async () => expect(await writtenOf("actor_id", actor.userId)).toEqual(expected), {
      timeout: 10_000,
    });
  };
  await attempt(4);
  await pass(10_000);
  await attempt(2);
  await pass(19_000);
  await attempt(1);
  await pass(1_000);
  await pass(40_000);
  await attempt(1);
  await settled({ events: 4, attempts: 8 });
});

it("gives one actor a budget: what is beyond it is one event an action, with the number and a sample", async () => {
  const actor = person();
  const attempts = Array.from({ length: 1_200 }, (_, index) =>
    recordDenied(actor, "environment.read", { objectType: "environment", objectId: `env_${index}` }),
  );
  await Promise.all(attempts);
  await flushRefusals();
  const written = await writtenOf("actor_id", actor.userId);
  expect(written?.attempts).toBe(1_200);
  expect(written?.events).toBeGreaterThan(1_000);
  expect(written?.events).toBeLessThan(1_010);
  const [many] = await query<{ objects: string[] }>(
    `SELECT detail->'objects' AS objects FROM audit_event WHERE actor_id = $1 AND detail ? 'objects' LIMIT 1`,
    [actor.userId],
  );
  expect(many?.objects).toHaveLength(20);
});

it("gives an address without a name a smaller one", async () => {
  const nobody = anonymousActor({ requestId: "http_1", ip: "203.0.113.200" });
  for (let index = 0; index < 320; index += 1) {
    await recordDenied(nobody, "account.use", { objectType: "page", objectId: `GET /${index}` });
  }
  await flushRefusals();
  const [row] = await query<Written>(
    `SELECT count(*)::int AS events, sum(coalesce((detail->>'repeated')::int, 1))::int AS attempts
       FROM audit_event WHERE action = 'account.use' AND outcome = 'denied'`,
  );
  expect(row?.attempts).toBe(320);
  expect(row?.events).toBeLessThan(310);
});
