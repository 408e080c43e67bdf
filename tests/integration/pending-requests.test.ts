import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { actorOf, createWorld, until, type World } from "@/tests/support/world";

let world: World;
let runner: RunRunner;

const volume = (name: string) => ({
  db: { process: { program: "x", ports: [5432], volumes: [`${name}:/data`] } },
});
const optionalSecret = { parameters: { properties: { key: { type: "string", format: "secret" } } } };

beforeAll(async () => {
  world = await createWorld();
  await world.publish("store", volume("data"), optionalSecret);
  // Without `backup`, nothing can copy what was in `data`: each such change waits for approval.
  await world.publish("store", volume("other"), { version: "2.0.0", ...optionalSecret });
  await world.publish("store", volume("third"), { version: "3.0.0", ...optionalSecret });
  runner = await world.runner();
}, 60_000);

afterAll(async () => {
  await runner?.stop(1_000);
  await world?.close();
});

const sql = async (text: string, ...values: unknown[]) =>
  (await world.database.pool.query(text, values)).rows;

type Body = Parameters<typeof import("@/lib/features/requests").submitRequest>[1];

async function submit(body: Record<string, unknown>) {
  const { submitRequest } = await import("@/lib/features/requests");
  return submitRequest(await actorOf(world, "developer"), { reason: "", ...body } as Body);
}

/** One that waits: it deletes data without a safety backup. */
const destroy = (environment: string) => submit({ kind: "destroy", environment, safetyBackup: false });
const update = (environment: string, version: string, parameters = {}) =>
  submit({ kind: "update", environment, version, parameters, safetyBackup: false });

async function requestRow(id: string) {
  const [row] = await sql(
    `SELECT q.status::text AS status, q.message, r.state::text AS reserved FROM request q
     LEFT JOIN reservation r ON r.request_id = q.id WHERE q.id = $1`,
    id,
  );
  return row as { status: string; message: string; reserved: string };
}

async function create(name: string): Promise<string> {
  const made = await submit({
    ...{ kind: "create", project: "team", template: "store", version: "1.0.0", name, parameters: {} },
  });
  await settled(made.id);
  return made.environmentId;
}

async function settled(requestId: string) {
  runner.wake();
  const end = await until(
    () => requestRow(requestId),
    (row) => ["succeeded", "failed"].includes(row.status),
  );
  expect(end).toMatchObject({ status: "succeeded", message: "" });
}

async function approve(request: { id: string; plan: { digest: string } }) {
  const { decideRequest } = await import("@/lib/features/requests");
  const { digest } = request.plan;
  return decideRequest(await actorOf(world, "approver"), request.id, {
    ...{ decision: "approve", digest, reason: "" },
  });
}

test("of one change asked for three times at once, one is pending and the others name it", async () => {
  const environment = await create("thrice");
  const answers = await Promise.allSettled([1, 2, 3].map(() => destroy(environment)));
  const made = answers.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  expect(made).toMatchObject([{ status: "pending_approval" }]);
  for (const one of answers) {
    if (one.status === "rejected")
      expect(one.reason).toMatchObject({ code: "conflict", detail: { request: made[0]?.id } });
  }
  const pending = await sql(
    "SELECT id FROM request WHERE environment_id = $1 AND status = 'pending_approval'",
    environment,
  );
  expect(pending).toHaveLength(1);
  // Rejected or canceled, it may be asked for again.
  const { cancelRequest } = await import("@/lib/features/requests");
  await cancelRequest(await actorOf(world, "developer"), made[0]?.id ?? "");
  expect((await destroy(environment)).status).toBe("pending_approval");
});

test("another change, or one with a secret that no one can compare, may be pending beside it", async () => {
  const environment = await create("beside");
  expect((await update(environment, "2.0.0")).status).toBe("pending_approval");
  await expect(update(environment, "2.0.0")).rejects.toMatchObject({ code: "conflict" });
  expect((await update(environment, "3.0.0")).status).toBe("pending_approval");
  for (const key of ["first", "second"])
    expect((await update(environment, "2.0.0", { key })).status).toBe("pending_approval");
});

test("what is pending for an environment ends when the environment is destroyed, and its requester is told", async () => {
  const environment = await create("ending");
  const pending = await update(environment, "2.0.0");
  const end = await destroy(environment);
  await approve(end);
  await settled(end.id);
  expect(await requestRow(pending.id)).toEqual({
    status: "cancelled",
    message: "The environment was destroyed.",
    reserved: "released",
  });
  expect(
    await sql("SELECT kind, user_id, body FROM notification WHERE href = $1", `/requests/${pending.id}`),
  ).toEqual([
    { kind: "request.canceled", user_id: world.developerId, body: "The environment was destroyed." },
  ]);
  expect(
    await sql("SELECT action, actor_label FROM audit_event WHERE object_id = $1", pending.id),
  ).toMatchObject([{ action: "request.cancel" }]);
  await expect(approve(pending)).rejects.toMatchObject({ code: "conflict" });
});

test("a decision and the end of the environment at the same moment never wait for each other", async () => {
  const { replanRequest } = await import("@/lib/features/requests");
  const approver = await actorOf(world, "approver");
  for (let round = 0; round < 5; round += 1) {
    const environment = await create(`moment-${round}`);
    const pending = await update(environment, "2.0.0");
    const end = await destroy(environment);
    await approve(end);
    runner.wake();
    const decisions = Array.from({ length: 10 }, async (_, wait) => {
      await new Promise((resolve) => setTimeout(resolve, wait * 10));
      const plan = await replanRequest(approver, pending.id);
      await approve({ id: pending.id, plan });
    });
    const codes = (await Promise.allSettled(decisions)).map((one) =>
      one.status === "rejected" ? one.reason.code : "approved",
    );
    expect(["conflict", "stale_plan", "not_found"]).toEqual(expect.arrayContaining([...new Set(codes)]));
    await settled(end.id);
    expect((await requestRow(pending.id)).status).toBe("cancelled");
  }
}, 60_000);

test("a requester is told when someone else cancels the request, and not when they do it themselves", async () => {
  const environment = await create("told");
  const { cancelRequest } = await import("@/lib/features/requests");
  const told = (id: string) =>
    sql(
      "SELECT kind, body FROM notification WHERE href = $1 AND user_id = $2",
      `/requests/${id}`,
      [world.developerId].join(),
    );
  const own = await update(environment, "2.0.0");
  await cancelRequest(await actorOf(world, "developer"), own.id);
  expect(await told(own.id)).toEqual([]);
  const others = await update(environment, "2.0.0");
  const administrator = { ...(await actorOf(world, "approver")), orgRole: "admin" as const };
  await cancelRequest(administrator, others.id);
  expect(await told(others.id)).toEqual([{ kind: "request.canceled", body: "Canceled by approver." }]);
});

test("what is pending for an environment ends with it when its cloud is deleted by force", async () => {
  await sql(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at)
     VALUES ('cld_lost', 'lost', 'Lost', 'simulated', '{}', now())`,
  );
  const made = await submit({
    ...{ kind: "create", project: "team", template: "store", version: "1.0.0", cloud: "lost" },
    ...{ name: "forced", parameters: {} },
  });
  await settled(made.id);
  const pending = await update(made.environmentId, "2.0.0");
  const { deleteCloud, listCloudContents } = await import("@/lib/features/orphans");
  const administrator = { ...(await actorOf(world, "approver")), orgRole: "admin" as const };
  const { acknowledgement } = await listCloudContents("cld_lost");
  await deleteCloud(administrator, "cld_lost", { force: true, acknowledgement });
  expect((await requestRow(pending.id)).status).toBe("cancelled");
});

test("housekeeping ends what an earlier version left pending for a destroyed environment", async () => {
  const environment = await create("leftover");
  const pending = await update(environment, "2.0.0");
  await sql("UPDATE environment SET status = 'destroyed', destroyed_at = now() WHERE id = $1", environment);
  const { expireRequests } = await import("@/lib/features/requests");
  expect(await expireRequests()).toBe(1);
  expect(await requestRow(pending.id)).toMatchObject({ status: "cancelled", reserved: "released" });
  expect(await expireRequests()).toBe(0);
});
