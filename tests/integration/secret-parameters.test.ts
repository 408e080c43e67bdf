import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "@/lib/platform/auth";
import { putStatus } from "@/tests/support/put-status";
import { actorOf, createWorld, type World } from "../support/world";

const oldKey = "OLD-super-secret-key";
const newKey = "NEW-rotated-secret-key";

let world: World;
let developer: Actor;
let approver: Actor;
let viewer: Actor;
let requests: typeof import("@/lib/features/requests");

beforeAll(async () => {
  world = await createWorld();
  requests = await import("@/lib/features/requests");
  const { makePerson } = await import("../support/portal");
  const { findTokenActor } = await import("@/lib/platform/auth");
  const { token } = await makePerson("viewer", { projects: { [world.projectId]: "viewer" } });
  viewer = (await findTokenActor(token, { requestId: "viewer-01", ip: "192.0.2.1" })) as Actor;
  developer = await actorOf(world, "developer");
  approver = await actorOf(world, "approver");
  await publish("1.0.0", { type: "string", format: "secret" });
  await publish("2.0.0", { type: "string" });
});
afterAll(() => world?.close());

function publish(version: string, apiKey: object): Promise<string> {
  return world.publish(
    "keyed",
    {
      web: {
        process: {
          program: "node",
          args: ["-e", ""],
          ports: [8080],
          environment: { KEY: "${{ parameters.api_key }}" },
        },
        // Forty cores cost more than the approval limit.
        size: { cpu: "${{ parameters.size }}", memory: "64Mi" },
      },
    },
    {
      version,
      parameters: {
        properties: { api_key: apiKey, size: { type: "integer", default: 1, maximum: 64 } },
      },
    },
  );
}

const sql = async <Row>(text: string, values: unknown[] = []) =>
  (await world.database.pool.query(text, values)).rows as Row[];

/** Ends the runs that were started, as if they had been carried out. */
async function settleRuns(environmentId: string): Promise<void> {
  const ended = "UPDATE run SET status = 'succeeded', finished_at = now() WHERE environment_id = $1";
  await putStatus(world.database.pool, ended, [environmentId]);
  await sql("UPDATE request SET status = 'succeeded' WHERE environment_id = $1 AND status = 'running'", [
    environmentId,
  ]);
  await sql("UPDATE environment SET status = 'running' WHERE id = $1", [environmentId]);
}

async function create(name: string): Promise<string> {
  const { environmentId } = await requests.submitRequest(developer, {
    kind: "create",
    project: "team",
    template: "keyed",
    version: "1.0.0",
    name,
    parameters: { api_key: oldKey },
    reason: "",
  });
  await settleRuns(environmentId);
  return environmentId;
}

const update = (environment: string, parameters: object, version?: string) =>
  requests.submitRequest(developer, {
    kind: "update",
    environment,
    parameters: parameters as Record<string, never>,
    ...(version && { version }),
    reason: "",
  });

async function storedPlan(requestId: string) {
  const [plan] = await sql<{ id: string; sealed: string | null; digest: string; environment_id: string }>(
    "SELECT p.id, p.sealed, p.digest, p.environment_id FROM request q JOIN plan p ON p.id = q.plan_id WHERE q.id = $1",
    [requestId],
  );
  if (!plan) throw new Error("no plan");
  return { ...plan, secrets: requests.openPlanSecrets(plan.environment_id, plan.sealed) };
}

/** The secret the environment would be run with now. */
async function keyOf(environmentId: string): Promise<unknown> {
  const { loadEnvironment } = await import("@/lib/features/environments");
  return (await loadEnvironment(environmentId)).inputs.parameters.api_key;
}

describe("a parameter that was secret", () => {
  it("stays secret when a newer version does not mark it any more, kept or given again", async () => {
    const { getEnvironment } = await import("@/lib/features/environments");
    const environment = await create("moving");
    const kept = await update(environment, {}, "2.0.0");
    await settleRuns(environment);
    const given = await update(environment, { api_key: newKey });
    await settleRuns(environment);
    expect(await keyOf(environment)).toBe(newKey);
    const seen = [
      await requests.getRequest(viewer, kept.id),
      await requests.getRequest(viewer, given.id),
      await getEnvironment(viewer, environment),
      await sql(
        "SELECT q.payload, p.parameters, p.changes, e.parameters AS now, e.outputs FROM request q JOIN plan p ON p.id = q.plan_id JOIN environment e ON e.id = q.environment_id",
      ),
      await sql("SELECT spec FROM resource"),
      await sql("SELECT detail FROM audit_event"),
    ];
    for (const key of [oldKey, newKey]) expect(JSON.stringify(seen)).not.toContain(key);
  });

  it("is not shown where a plan from before it was secret has it in clear", async () => {
    const { getEnvironment } = await import("@/lib/features/environments");
    const environment = await create("later");
    const { id } = await update(environment, { size: 2 });
    await settleRuns(environment);
    await sql("ALTER TABLE plan DISABLE TRIGGER USER");
    await sql(
      `UPDATE plan SET parameters = parameters || '{"api_key":"seen-in-clear"}' WHERE environment_id = $1`,
      [environment],
    );
    await sql("ALTER TABLE plan ENABLE TRIGGER USER");
    await sql(
      `UPDATE environment SET parameters = parameters || '{"api_key":"seen-in-clear"}' WHERE id = $1`,
      [environment],
    );
    expect((await requests.getRequest(viewer, id)).parameters).toEqual({ size: 2 });
    expect((await getEnvironment(viewer, environment)).parameters).toEqual({ size: 2 });
    const next = await update(environment, { size: 3 });
    const [stored] = await sql<{ parameters: object }>(
      "SELECT p.parameters FROM request q JOIN plan p ON p.id = q.plan_id WHERE q.id = $1",
      [next.id],
    );
    expect(stored?.parameters).toEqual({ size: 3 });
  });
});

describe("a secret parameter of a request that waits", () => {
  it("is in the plan made again, by any user, and reaches the environment once approved", async () => {
    const environment = await create("waiting");
    const { id, status } = await update(environment, { api_key: newKey, size: 40 });
    expect(status).toBe("pending_approval");
    // The environment moves on twice: the carried secret outlives several plans.
    for (let turn = 0; turn < 2; turn += 1) {
      await sql("UPDATE environment SET generation = generation + 1 WHERE id = $1", [environment]);
      await requests.replanRequest(approver, id);
      expect((await storedPlan(id)).secrets).toEqual({ api_key: newKey });
    }
    const { digest } = await storedPlan(id);
    await requests.decideRequest(approver, id, { decision: "approve", digest, reason: "" });
    expect(await keyOf(environment)).toBe(newKey);
  });

  it("that it did not give is the environment's own when it is planned again", async () => {
    const environment = await create("rotated");
    const { id } = await update(environment, { size: 40 });
    await update(environment, { api_key: newKey });
    await settleRuns(environment);
    await putStatus(world.database.pool, "UPDATE request SET status = 'pending_approval' WHERE id = $1", [
      id,
    ]);
    await requests.replanRequest(approver, id);
    expect((await storedPlan(id)).secrets).toEqual({ api_key: newKey });
  });

  it("is covered by the approval: with another secret the stored plan is refused", async () => {
    const environment = await create("swapped");
    const { seal } = await import("@/lib/platform/crypto");
    const { id } = await update(environment, { api_key: newKey, size: 40 });
    const plan = await storedPlan(id);
    const swap = async (sealed: string | null) => {
      await sql("ALTER TABLE plan DISABLE TRIGGER USER");
      await sql("UPDATE plan SET sealed = $2 WHERE id = $1", [plan.id, sealed]);
      await sql("ALTER TABLE plan ENABLE TRIGGER USER");
    };
    const approve = () =>
      requests.decideRequest(approver, id, { decision: "approve", digest: plan.digest, reason: "" });
    for (const other of [
      null,
      seal(JSON.stringify({ api_key: "another-secret" }), `environment:${environment}`),
    ]) {
      await swap(other);
      await expect(approve()).rejects.toMatchObject({ code: "stale_plan" });
    }
    await swap("v1.00000000.AAAA.AAAA");
    await expect(approve()).rejects.toMatchObject({ code: "conflict" });
    await swap(plan.sealed);
    expect((await approve()).status).toBe("running");
  });

  it("changes the digest, which says nothing about it without the key", async () => {
    const environment = await create("digest");
    const digestOf = async (key: string) =>
      (
        await requests.prepareRequest(developer, {
          kind: "update",
          environment,
          parameters: { api_key: key, size: 2 },
          reason: "",
        })
      ).digest;
    expect(await digestOf("first-secret")).toBe(await digestOf("first-secret"));
    expect(await digestOf("first-secret")).not.toBe(await digestOf("second-secret"));
  });
});

it("goes back to the secret of the state before when a failed change is rolled back", async () => {
  const { rollbackRequest } = await import("@/lib/features/runs");
  const environment = await create("rolled");
  const { runId } = await update(environment, { api_key: newKey });
  const failed = "UPDATE run SET status = 'failed', finished_at = now() WHERE id = $1";
  await putStatus(world.database.pool, failed, [runId]);
  await sql("UPDATE request SET status = 'failed' WHERE run_id = $1", [runId]);
  await sql("UPDATE environment SET status = 'failed' WHERE id = $1", [environment]);
  const body = await rollbackRequest(developer, runId ?? "");
  const submitted = await requests.submitRequest(developer, body);
  expect(await keyOf(environment)).toBe(oldKey);
  const [stored] = await sql<{ payload: object }>("SELECT payload FROM request WHERE id = $1", [
    submitted.id,
  ]);
  expect(JSON.stringify(stored)).not.toContain(oldKey);
});
