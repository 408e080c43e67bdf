import { afterAll, beforeAll, expect, it } from "vitest";
import { GET as list } from "@/app/api/v1/workers/route";
import {
  listLivingFamilies,
  listWorkers,
  recordHeartbeat,
  registerWorker,
  removeWorker,
} from "@/lib/features/workers";
import { systemActor } from "@/lib/platform/auth";
import { execute } from "@/lib/platform/db";
import type { TestDatabase } from "@/tests/support/database";
import { call, makePerson, type TestPerson, useTestPortal } from "@/tests/support/portal";

let database: TestDatabase;
let admin: TestPerson;

beforeAll(async () => {
  database = await useTestPortal();
  admin = await makePerson("admin", { orgRole: "admin" });
});
afterAll(async () => await database?.drop());

const replaces = { at: "2026-11-01T10:00:00.000Z", reason: "ended", hung: true };

it("are listed from their start to their end, those that gave no sign of life last", async () => {
  await registerWorker("wrk_first", ["provisioning", "backup"], { rssBytes: 1 });
  await registerWorker("wrk_second", ["monitoring"], { rssBytes: 2, replaces });
  await registerWorker("wrk_silent", ["chargeback"], { rssBytes: 3 });
  await execute("UPDATE worker_instance SET heartbeat_at = now() - interval '31 s' WHERE id = 'wrk_silent'");
  await execute(
    "UPDATE worker_instance SET started_at = now() - interval '1 h', heartbeat_at = now() - interval '29 s' WHERE id = 'wrk_first'",
  );
  await recordHeartbeat("wrk_second", { rssBytes: 20, replaces });

  const shown = await listWorkers(systemActor("test"));
  expect(shown.map(({ id, alive }) => [id, alive])).toEqual([
    ["wrk_first", true],
    ["wrk_second", true],
    ["wrk_silent", false],
  ]);
  expect(shown[1]).toMatchObject({ families: ["monitoring"], memoryBytes: 20, replaces, pid: process.pid });
  expect(shown[0]?.heartbeatAgeSeconds).toBeGreaterThan(28);

  const { body } = await call(list, { token: admin.token });
  expect(body.items.map((item: { id: string }) => item.id)).toEqual([
    "wrk_second",
    "wrk_first",
    "wrk_silent",
  ]);
  expect(body.items[0]).toEqual({
    id: "wrk_second",
    families: ["monitoring"],
    host: expect.any(String),
    pid: process.pid,
    version: process.version,
    rssBytes: 20,
    startedAt: expect.any(String),
    heartbeatAt: expect.any(String),
    alive: true,
  });
  expect((await listLivingFamilies()).flat().toSorted()).toEqual(["backup", "monitoring", "provisioning"]);

  await removeWorker("wrk_second");
  expect((await listWorkers(systemActor("test"))).map(({ id }) => id)).toEqual(["wrk_first", "wrk_silent"]);
});
