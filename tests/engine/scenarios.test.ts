import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { actorOf, createWorld, until, type World } from "../support/world";

let world: World;
let runner: RunRunner;

const small = { cpu: 0.5, memory: "256Mi", storage: "1Gi" };
const web = {
  container: { image: "web", environment: { DB: "${{ components.db.outputs.url }}" }, ports: ["8080"] },
  size: small,
};
const db = {
  size: { ...small, cpu: "${{ parameters.cpu }}" },
  secrets: { password: { generate: 24 } },
  container: { image: "db", expose: [5432], environment: { PASSWORD: "${{ secrets.password }}" } },
  outputs: { url: "postgres://app:${{ secrets.password }}@${{ self.host }}:${{ self.ports[5432] }}/app" },
};
const parameters = { properties: { cpu: { type: "number", default: 0.5, minimum: 0.1, maximum: 64 } } };

beforeAll(async () => {
  world = await createWorld();
  await world.publish("pair", { db, web }, { parameters });
  runner = await world.runner();
});

afterAll(async () => {
  await runner.stop(2_000);
  await world.close();
});

async function submit(body: Record<string, unknown>) {
  const { submitRequest } = await import("@/lib/features/requests");
  const { requestBody } = await import("@/lib/features/requests/schema");
  const submitted = await submitRequest(await actorOf(world, "developer"), requestBody.parse(body));
  runner.wake();
  return submitted;
}

async function ended(runId: string | undefined) {
  const rows = await until(
    async () =>
      (
        await world.database.pool.query(
          "SELECT u.status::text, u.error, q.status::text AS request FROM run u JOIN request q ON q.id = u.request_id WHERE u.id = $1",
          [runId],
        )
      ).rows,
    ([row]) => !["running", "approved", "pending_approval"].includes(row.request),
  );
  return rows[0];
}

const create = (name: string, extra: Record<string, unknown> = {}) =>
  submit({ kind: "create", project: "team", template: "pair", name, ...extra });

describe("the way through", () => {
  it("creates in order, links the components, and knows what it costs", async () => {
    const submitted = await create("first");
    expect(submitted.plan.changes.map((change) => [change.component, change.action])).toEqual([
      ["db", "create"],
      ["web", "create"],
    ]);
    expect(submitted.plan.cost.monthly).toBe("16.2060");
    expect(await ended(submitted.runId)).toMatchObject({ status: "succeeded", request: "succeeded" });
    const { loadEnvironment } = await import("@/lib/features/environments");
    const context = await loadEnvironment(submitted.environmentId);
    expect(context.row).toMatchObject({ status: "running", generation: 1 });
    const password = context.inputs.secrets.db?.password;
    const desired = context.existing.get("web")?.desired?.spec as { environment: { DB: string } };
    expect(desired.environment.DB).toMatch(new RegExp(`^postgres://app:${password}@127.0.0.1:\\d+/app$`));
    const stored = await world.database.pool.query(
      "SELECT row_to_json(r)::text AS text FROM resource r WHERE environment_id = $1",
      [submitted.environmentId],
    );
    for (const { text } of stored.rows) expect(text).not.toContain(password);
  });

  it("plans a change as a difference, looks again at what is linked, and applies in place", async () => {
    const first = await create("resized");
    await ended(first.runId);
    const change = await submit({ kind: "update", environment: first.environmentId, parameters: { cpu: 1 } });
    expect(change.plan.changes.map((one) => [one.component, one.action, one.follows])).toEqual([
      ["db", "update", false],
      ["web", "no-op", true],
    ]);
    expect(change.plan.changes[0]?.diff).toEqual([{ path: "size.cpu", before: 0.5, after: 1 }]);
    expect(await ended(change.runId)).toMatchObject({ status: "succeeded" });
    const steps = await world.database.pool.query(
      "SELECT component, status::text FROM step WHERE run_id = $1 ORDER BY position",
      [change.runId],
    );
    expect(steps.rows).toEqual([
      { component: "db", status: "succeeded" },
      { component: "web", status: "skipped" },
      { component: "health", status: "succeeded" },
    ]);
    const same = await submit({ kind: "update", environment: first.environmentId, parameters: { cpu: 1 } });
    expect(same.plan.changes.every((one) => one.action === "no-op" && !one.follows)).toBe(true);
    expect(await ended(same.runId)).toMatchObject({ status: "succeeded" });
  });

  it("stops, starts and destroys, freeing the name and the quota", async () => {
    const first = await create("short");
    await ended(first.runId);
    for (const [kind, status] of [
      ["stop", "stopped"],
      ["start", "running"],
      ["destroy", "destroyed"],
    ] as const) {
      const done = await submit({ kind, environment: first.environmentId });
      await ended(done.runId);
      const { rows } = await world.database.pool.query("SELECT status::text FROM environment WHERE id = $1", [
        first.environmentId,
      ]);
      expect(rows).toEqual([{ status }]);
    }
    const left = await world.database.pool.query(
      "SELECT (SELECT count(*)::int FROM resource WHERE environment_id = $1) AS resources, (SELECT count(*)::int FROM reservation WHERE environment_id = $1 AND state <> 'released') AS held",
      [first.environmentId],
    );
    expect(left.rows).toEqual([{ resources: 0, held: 0 }]);
    await ended((await create("short")).runId);
  });

  it("moves to a newer version: what is new is made, what is gone is removed, the rest is left alone", async () => {
    const old = { properties: { ...parameters.properties, note: { type: "string", default: "" } } };
    const cache = { size: small, container: { image: "cache", expose: [6379] } };
    const mail = { size: small, container: { image: "mail", expose: [25] } };
    await world.publish("moving-on", { db, web, mail }, { parameters: old });
    const first = await submit({
      kind: "create",
      project: "team",
      template: "moving-on",
      name: "upgraded",
      parameters: { cpu: 1, note: "only the old version asks for this" },
    });
    await ended(first.runId);
    const { loadEnvironment } = await import("@/lib/features/environments");
    const before = await loadEnvironment(first.environmentId);

    const newer = { ...web, container: { ...web.container, image: "web:2" } };
    await world.publish("moving-on", { db, web: newer, cache }, { parameters, version: "2.0.0" });
    const update = { kind: "update", environment: first.environmentId, version: "2.0.0" };
    const change = await submit(update);
    expect(change.plan.changes.map((one) => [one.component, one.action])).toEqual([
      ["db", "no-op"],
      ["web", "update"],
      ["cache", "create"],
      ["mail", "delete"],
    ]);
    expect(await ended(change.runId)).toMatchObject({ status: "succeeded" });
    const after = await loadEnvironment(first.environmentId);
    expect(after.version.version).toBe("2.0.0");
    expect(after.row.parameters).toEqual({ cpu: 1 });
    expect([...after.existing.keys()].sort()).toEqual(["cache", "db", "web"]);
    expect(after.existing.get("web")?.desired?.spec).toMatchObject({ image: "web:2" });
    // Its data and password are where they were: the database was not made again.
    expect(after.existing.get("db")).toEqual(before.existing.get("db"));
    expect(after.inputs.secrets.db).toEqual(before.inputs.secrets.db);
  });

  it("keeps a component's address when a cloud says that it runs but not where", async () => {
    const first = await create("address");
    await ended(first.runId);
    const addresses = async () =>
      (
        await world.database.pool.query(
          "SELECT component, address FROM resource WHERE environment_id = $1 ORDER BY component",
          [first.environmentId],
        )
      ).rows;
    const before = await addresses();
    expect(before.map((row) => Object.keys(row.address.external.ports))).toEqual([["5432"], ["8080"]]);
    for (const component of ["db", "web"]) {
      const file = `${world.dataDir}/clouds/${world.cloudId}/things/${first.environmentId}/${component}.json`;
      const { ports: _ports, ...thing } = JSON.parse(await readFile(file, "utf8"));
      await writeFile(file, JSON.stringify(thing));
    }
    for (const kind of ["stop", "start"]) {
      await ended((await submit({ kind, environment: first.environmentId })).runId);
    }
    expect(await addresses()).toEqual(before);
  });

  it("waits for approval above the limit, and refuses the requester, a wrong digest and a second decision", async () => {
    const waiting = await create("costly", { parameters: { cpu: 16 } });
    expect(waiting).toMatchObject({ status: "pending_approval" });
    expect(waiting.runId).toBeUndefined();
    const { decideRequest } = await import("@/lib/features/requests");
    const approve = { decision: "approve" as const, digest: waiting.plan.digest, reason: "fine" };
    await expect(
      decideRequest(
        { ...(await actorOf(world, "approver")), userId: world.developerId },
        waiting.id,
        approve,
      ),
    ).rejects.toMatchObject({ code: "forbidden" });
    const approver = await actorOf(world, "approver");
    await expect(
      decideRequest(approver, waiting.id, { ...approve, digest: "sha256:other" }),
    ).rejects.toMatchObject({ code: "stale_plan" });
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => decideRequest(approver, waiting.id, approve)),
    );
    expect(results.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    const approvals = await world.database.pool.query(
      "SELECT count(*)::int AS count FROM approval WHERE request_id = $1",
      [waiting.id],
    );
    expect(approvals.rows).toEqual([{ count: 1 }]);
    runner.wake();
    const run = results.find((one) => one.status === "fulfilled");
    expect(await ended(run?.status === "fulfilled" ? (run.value.runId ?? "") : "")).toMatchObject({
      status: "succeeded",
    });
  });

  it("rejects with a reason, and gives everything back", async () => {
    const waiting = await create("unwanted", { parameters: { cpu: 16 } });
    const { decideRequest } = await import("@/lib/features/requests");
    const approver = await actorOf(world, "approver");
    const reject = { decision: "reject" as const, digest: waiting.plan.digest, reason: "" };
    await expect(decideRequest(approver, waiting.id, reject)).rejects.toMatchObject({
      code: "validation_failed",
    });
    expect(await decideRequest(approver, waiting.id, { ...reject, reason: "too big" })).toMatchObject({
      status: "rejected",
    });
    const held = await world.database.pool.query(
      "SELECT state::text FROM reservation WHERE request_id = $1",
      [waiting.id],
    );
    expect(held.rows).toEqual([{ state: "released" }]);
    const again = await create("unwanted");
    await ended(again.runId);
  });

  it("denies a lease that is too long and a name that is taken, changing nothing", async () => {
    await expect(create("long", { leaseDays: 365 })).rejects.toMatchObject({ code: "policy_denied" });
    await expect(create("first")).rejects.toMatchObject({ code: "conflict" });
    await expect(create("wrong", { parameters: { cpuu: 1 } })).rejects.toMatchObject({
      code: "validation_failed",
    });
    const { rows } = await world.database.pool.query(
      "SELECT count(*)::int AS count FROM environment WHERE name IN ('long', 'wrong')",
    );
    expect(rows).toEqual([{ count: 0 }]);
  });

  it("refuses an altered plan", async () => {
    const waiting = await create("altered", { parameters: { cpu: 16 } });
    await expect(
      world.database.pool.query("UPDATE plan SET cost = '{}' WHERE request_id = $1", [waiting.id]),
    ).rejects.toThrow(/append-only/);
    await world.database.pool.query("ALTER TABLE plan DISABLE TRIGGER plan_append_only");
    await world.database.pool.query(
      `UPDATE plan SET cost = jsonb_set(cost, '{monthly}', '"1"') WHERE request_id = $1`,
      [waiting.id],
    );
    await world.database.pool.query("ALTER TABLE plan ENABLE TRIGGER plan_append_only");
    const { decideRequest } = await import("@/lib/features/requests");
    await expect(
      decideRequest(await actorOf(world, "approver"), waiting.id, {
        decision: "approve",
        digest: waiting.plan.digest,
        reason: "",
      }),
    ).rejects.toMatchObject({ code: "stale_plan" });
  });

  it("refuses a plan whose environment moved on", async () => {
    const first = await create("moving");
    await ended(first.runId);
    const costly = await submit({
      kind: "update",
      environment: first.environmentId,
      parameters: { cpu: 32 },
    });
    expect(costly.status).toBe("pending_approval");
    await ended(
      (await submit({ kind: "update", environment: first.environmentId, parameters: { cpu: 1 } })).runId,
    );
    const { decideRequest, replanRequest } = await import("@/lib/features/requests");
    const approver = await actorOf(world, "approver");
    const approve = (digest: string) =>
      decideRequest(approver, costly.id, { decision: "approve", digest, reason: "" });
    await expect(approve(costly.plan.digest)).rejects.toMatchObject({ code: "stale_plan" });
    const again = await replanRequest(approver, costly.id);
    expect(again.digest).not.toBe(costly.plan.digest);
    expect(again.changes[0]?.diff).toEqual([{ path: "size.cpu", before: 1, after: 32 }]);
    await expect(approve(costly.plan.digest)).rejects.toMatchObject({ code: "stale_plan" });
    const approved = await approve(again.digest);
    runner.wake();
    expect(await ended(approved.runId ?? "")).toMatchObject({ status: "succeeded" });
  });
});
