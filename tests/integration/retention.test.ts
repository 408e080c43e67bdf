import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { insertHistory } from "@/tests/support/put-status";
import { actorOf, createWorld, type World } from "../support/world";

let world: World;

beforeAll(async () => {
  world = await createWorld({ project: { approvalLimit: 0 } });
  const size = { cpu: 1, memory: "256Mi", storage: "1Gi" };
  await world.publish("one", { only: { size, container: { image: "x" } } });
});
afterAll(async () => await world.close());

async function rows(sql: string, values: unknown[] = []) {
  return (await world.database.pool.query(sql, values)).rows;
}

async function waitingRequest(name: string) {
  const { submitRequest } = await import("@/lib/features/requests");
  const body = {
    kind: "create" as const,
    project: "team",
    template: "one",
    name,
    parameters: {},
    reason: "",
  };
  const submitted = await submitRequest(await actorOf(world, "developer"), body);
  expect(submitted.status).toBe("pending_approval");
  return submitted;
}

async function audited(action: string, objectId: string) {
  return await rows("SELECT via, outcome FROM audit_event WHERE action = $1 AND object_id = $2", [
    action,
    objectId,
  ]);
}

it("expires what no one decided: capacity and name are free again, once, and the audit knows", async () => {
  const submitted = await waitingRequest("forgotten");
  await rows("UPDATE request SET expires_at = now() - interval '1 s' WHERE id = $1", [submitted.id]);
  const { expireRequests } = await import("@/lib/features/requests");
  const expired = await Promise.all([expireRequests(), expireRequests(), expireRequests()]);
  expect(expired.reduce((sum, one) => sum + one, 0)).toBe(1);
  expect(await rows("SELECT state::text FROM reservation WHERE request_id = $1", [submitted.id])).toEqual([
    { state: "released" },
  ]);
  expect(await audited("request.expire", submitted.id)).toEqual([{ via: "system", outcome: "allowed" }]);
  await waitingRequest("forgotten");
});

it("keeps backups of a destroyed environment for 30 days, then removes them with their files", async () => {
  const { environmentId } = await waitingRequest("gone");
  const folderOf = (id: string) => join(world.dataDir, "backups", environmentId, id);
  for (const id of ["bak_old", "bak_half_removed"]) {
    mkdirSync(folderOf(id), { recursive: true });
    writeFileSync(join(folderOf(id), "db.dump.gz"), "data");
  }
  await insertHistory(
    world.database.pool,
    `INSERT INTO backup (id, environment_id, status, kind, finished_at) VALUES
       ('bak_old', $1, 'succeeded', 'manual', now()), ('bak_half_removed', $1, 'deleted', 'manual', now())`,
    [environmentId],
  );
  const { backupsTick } = await import("@/lib/features/backups");
  await backupsTick(AbortSignal.timeout(20_000));
  expect(existsSync(folderOf("bak_old"))).toBe(true);
  // A process died between marking this one and removing its files.
  expect(existsSync(folderOf("bak_half_removed"))).toBe(false);
  const destroyed =
    "UPDATE environment SET status = 'destroyed', destroyed_at = now() - $2 * interval '1 day' WHERE id = $1";
  await rows(destroyed, [environmentId, 29]);
  await backupsTick(AbortSignal.timeout(20_000));
  expect(existsSync(folderOf("bak_old"))).toBe(true);
  await rows(destroyed, [environmentId, 31]);
  await Promise.all([1, 2].map(() => backupsTick(AbortSignal.timeout(20_000))));
  await backupsTick(AbortSignal.timeout(20_000));
  expect(existsSync(folderOf("bak_old"))).toBe(false);
  expect(await rows("SELECT id, status::text FROM backup WHERE deleted_at IS NULL")).toEqual([]);
  expect(await audited("backup.delete", "bak_old")).toEqual([{ via: "system", outcome: "allowed" }]);
});
