import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { actorOf, createWorld, until, type World } from "../support/world";

let world: World;
let runner: RunRunner;

const parameters = { properties: { cpu: { type: "number", default: 1, minimum: 0.1, maximum: 64 } } };

beforeAll(async () => {
  world = await createWorld({ project: { approvalLimit: 200 } });
  const size = { cpu: "${{ parameters.cpu }}", memory: "256Mi", storage: "1Gi" };
  await world.publish("one", { only: { size, container: { image: "x" } } }, { parameters });
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

async function ended(runId: string | null | undefined): Promise<string> {
  const sql = `SELECT q.status::text FROM run u JOIN request q ON q.id = u.request_id WHERE u.id = $1`;
  const look = async () => (await world.database.pool.query(sql, [runId])).rows[0]?.status as string;
  return await until(look, (status) => status !== "running");
}

const create = async (name: string, cpu = 1) => {
  const submitted = await submit({
    kind: "create",
    project: "team",
    template: "one",
    name,
    parameters: { cpu },
  });
  expect(await ended(submitted.runId)).toBe("succeeded");
  return submitted.environmentId;
};

/** What an environment counts for in its project's quotas. */
async function held(environmentId: string) {
  const sql = `SELECT coalesce(sum(cpu), 0)::float8 AS cpu, coalesce(sum(environments), 0)::int AS environments
    FROM reservation WHERE environment_id = $1 AND state = 'converted'`;
  return (await world.database.pool.query(sql, [environmentId])).rows[0];
}

async function setFaults(faults: object[]): Promise<void> {
  const { closeConnections } = await import("@/lib/features/clouds");
  await world.database.pool.query("UPDATE cloud SET config = $1, updated_at = now()", [
    JSON.stringify({ faults }),
  ]);
  await closeConnections();
}

const failing = (call: string) => setFaults([{ call, effect: "permanent", times: null }]);

describe("what an environment holds of its project's quotas", () => {
  it("is what it was again after a failed growth was rolled back", async () => {
    const id = await create("grown");
    expect(await held(id)).toEqual({ cpu: 1, environments: 1 });
    await failing("apply");
    const growth = await submit({ kind: "update", environment: id, parameters: { cpu: 4 } });
    expect(await ended(growth.runId)).toBe("failed");
    // The change may be resumed, so what it needs stays its own.
    expect(await held(id)).toEqual({ cpu: 4, environments: 1 });
    await setFaults([]);
    const { rollbackRequest } = await import("@/lib/features/runs");
    const back = await submit(await rollbackRequest(await actorOf(world, "developer"), growth.runId ?? ""));
    expect(await ended(back.runId)).toBe("succeeded");
    expect(await held(id)).toEqual({ cpu: 1, environments: 1 });
  });

  it("is given back when nothing is left, not when a destruction begins, and never more than it was", async () => {
    const id = await create("tough", 2);
    await failing("remove");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await ended((await submit({ kind: "destroy", environment: id })).runId)).toBe("failed");
      expect(await held(id)).toEqual({ cpu: 2, environments: 1 });
    }
    await setFaults([]);
    expect(await ended((await submit({ kind: "destroy", environment: id })).runId)).toBe("succeeded");
    expect(await held(id)).toEqual({ cpu: 0, environments: 0 });
  });

  it("follows the new plan of a waiting request that was planned again", async () => {
    const id = await create("waiting");
    const costly = await submit({ kind: "update", environment: id, parameters: { cpu: 20 } });
    expect(costly.status).toBe("pending_approval");
    expect(
      await ended((await submit({ kind: "update", environment: id, parameters: { cpu: 4 } })).runId),
    ).toBe("succeeded");
    const reserved = async () => {
      const sql = "SELECT cpu::float8, state::text FROM reservation WHERE request_id = $1";
      return (await world.database.pool.query(sql, [costly.id])).rows[0];
    };
    expect(await reserved()).toEqual({ cpu: 19, state: "reserved" });
    const { decideRequest, replanRequest } = await import("@/lib/features/requests");
    const approver = await actorOf(world, "approver");
    const again = await replanRequest(approver, costly.id);
    expect(await reserved()).toEqual({ cpu: 16, state: "reserved" });
    const decided = await decideRequest(approver, costly.id, {
      decision: "approve",
      digest: again.digest,
      reason: "",
    });
    runner.wake();
    expect(await ended(decided.runId)).toBe("succeeded");
    expect(await held(id)).toEqual({ cpu: 20, environments: 1 });
  });

  it("lets a request whose environment moved on be rejected as it is", async () => {
    const id = await create("unwanted");
    const costly = await submit({ kind: "update", environment: id, parameters: { cpu: 30 } });
    await ended((await submit({ kind: "restart", environment: id })).runId);
    const { decideRequest } = await import("@/lib/features/requests");
    const decision = { decision: "reject" as const, digest: costly.plan.digest, reason: "Too much." };
    const decided = await decideRequest(await actorOf(world, "approver"), costly.id, decision);
    expect(decided.status).toBe("rejected");
    expect(await held(id)).toEqual({ cpu: 1, environments: 1 });
  });
});

describe("requests that cannot be carried out", () => {
  it("are refused before anything happens: a restore point that is none, a lease that is over", async () => {
    const id = await create("guarded");
    const restore = submit({ kind: "restore", environment: id, backup: "bak_none" });
    await expect(restore).rejects.toMatchObject({
      code: "validation_failed",
      problems: [{ path: "backup" }],
    });
    await world.database.pool.query(
      "UPDATE environment SET lease_ends_at = now() - interval '1 h' WHERE id = $1",
      [id],
    );
    await expect(submit({ kind: "start", environment: id })).rejects.toMatchObject({ code: "conflict" });
    expect(await ended((await submit({ kind: "extend", environment: id, leaseDays: 3 })).runId)).toBe(
      "succeeded",
    );
    expect(await ended((await submit({ kind: "start", environment: id })).runId)).toBe("succeeded");
    const { rows } = await world.database.pool.query("SELECT status::text FROM environment WHERE id = $1", [
      id,
    ]);
    expect(rows).toEqual([{ status: "running" }]);
  });

  it("are refused while the environment waits for approval: it does not exist yet", async () => {
    const waiting = await submit({
      kind: "create",
      project: "team",
      template: "one",
      name: "pending",
      parameters: { cpu: 64 },
    });
    expect(waiting.status).toBe("pending_approval");
    for (const kind of ["stop", "destroy"]) {
      const refused = submit({ kind, environment: waiting.environmentId });
      await expect(refused).rejects.toMatchObject({ code: "conflict" });
    }
  });

  it("leave a trace in the audit when a rule refuses them", async () => {
    const denied = async () => {
      const sql = `SELECT action, detail->>'code' AS code FROM audit_event WHERE outcome = 'denied' ORDER BY seq DESC LIMIT 1`;
      return (await world.database.pool.query(sql)).rows[0];
    };
    const body = { kind: "create", project: "team", template: "one", name: "denied", parameters: {} };
    await expect(submit({ ...body, leaseDays: 900 })).rejects.toMatchObject({ code: "policy_denied" });
    expect(await denied()).toEqual({ action: "request.create", code: "policy_denied" });
    await world.database.pool.query("UPDATE project SET quota_environments = 0");
    await expect(submit(body)).rejects.toMatchObject({ code: "quota_exceeded" });
    expect(await denied()).toEqual({ action: "request.create", code: "quota_exceeded" });
    await world.database.pool.query("UPDATE project SET quota_environments = NULL");
    const own = await submit({ ...body, name: "own", parameters: { cpu: 64 } });
    const { decideRequest } = await import("@/lib/features/requests");
    const approver = { ...(await actorOf(world, "approver")), userId: world.developerId };
    const decision = { decision: "approve" as const, digest: own.plan.digest, reason: "mine" };
    await expect(decideRequest(approver, own.id, decision)).rejects.toMatchObject({ code: "forbidden" });
    expect(await denied()).toEqual({ action: "request.decide", code: "forbidden" });
  });
});
