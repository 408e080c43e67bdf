import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import type { Actor } from "@/lib/platform/auth";
import { putStatus } from "@/tests/support/put-status";
import { actorOf, createWorld, until, type World } from "../support/world";

const oldKey = "OLD-super-secret-key";
const newKey = "NEW-rotated-secret-key";

let world: World;
let runner: RunRunner;
let developer: Actor;
let requests: typeof import("@/lib/features/requests");

beforeAll(async () => {
  world = await createWorld();
  requests = await import("@/lib/features/requests");
  developer = await actorOf(world, "developer");
  await publish("1.0.0", { optional: { type: "string", format: "secret" } });
  await publish("2.0.0", {}, { second: { generate: 24 } });
  await publish("3.0.0", { optional: { type: "string", format: "secret" } });
  runner = await world.runner("secrets");
});
afterAll(async () => {
  await runner?.stop(2_000);
  await world?.close();
});

/** Version 2 knows neither the optional secret nor the component's first generated one. */
function publish(version: string, optional: object, instead?: object): Promise<string> {
  const reads = "optional" in optional;
  return world.publish(
    "life",
    {
      web: {
        secrets: {
          ...(instead ?? { first: { generate: 24 } }),
          kept: { generate: 24 },
          ...(reads && { optional: { parameter: "optional" } }),
        },
        process: {
          program: "node",
          args: ["-e", "", ...(reads ? ["${{ parameters.optional }}"] : [])],
          ports: [8080],
          environment: {
            KEPT: "${{ secrets.kept }}",
            ...(reads && { OPTIONAL: "${{ secrets.optional }}", SAME: "${{ parameters.optional }}" }),
          },
        },
        size: { cpu: "${{ parameters.size }}", memory: "64Mi" },
        outputs: { code: "${{ secrets.kept }}" },
      },
    },
    {
      version,
      parameters: {
        properties: {
          ...optional,
          size: { type: "integer", default: 1, maximum: 64 },
        },
      },
    },
  );
}

const sql = async <Row>(text: string, values: unknown[] = []) =>
  (await world.database.pool.query(text, values)).rows as Row[];

async function ended(submitted: { id: string; environmentId: string; runId?: string | undefined }) {
  runner.wake();
  const [row] = await until(
    () =>
      sql<{ status: string; message: string }>(
        "SELECT status::text AS status, message FROM request WHERE id = $1",
        [submitted.id],
      ),
    (rows) => ["succeeded", "failed"].includes(rows[0]?.status ?? ""),
  );
  return { ...submitted, ...row };
}

async function create(name: string, parameters: object) {
  const submitted = await requests.submitRequest(developer, {
    kind: "create",
    project: "team",
    template: "life",
    version: "1.0.0",
    name,
    parameters: parameters as Record<string, never>,
    reason: "",
  });
  const { status, message } = await ended(submitted);
  expect(message).toBe("");
  expect(status).toBe("succeeded");
  return submitted.environmentId;
}

async function update(environment: string, parameters: object, version?: string) {
  const submitted = await requests.submitRequest(developer, {
    kind: "update",
    environment,
    parameters: parameters as Record<string, never>,
    ...(version && { version }),
    reason: "",
  });
  return await ended(submitted);
}

async function load(environmentId: string) {
  const { loadEnvironment } = await import("@/lib/features/environments");
  const { inputs, existing } = await loadEnvironment(environmentId);
  const { environment } = (existing.get("web")?.desired?.spec ?? {}) as {
    environment?: Record<string, string>;
  };
  return { optional: inputs.parameters.optional ?? null, generated: inputs.secrets.web ?? {}, environment };
}

const stored = async (environmentId: string) =>
  (
    await sql<{ name: string }>(
      "SELECT name FROM environment_secret WHERE environment_id = $1 ORDER BY component, name",
      [environmentId],
    )
  ).map((row) => row.name);

/** Lets the next change fail for good after its run has begun. */
async function failing(
  work: () => Promise<{ id: string; environmentId: string; runId?: string | undefined }>,
) {
  await runner.stop(2_000);
  const submitted = await work();
  const failed = "UPDATE run SET status = 'failed', finished_at = now() WHERE id = $1";
  await putStatus(world.database.pool, failed, [submitted.runId]);
  await sql("UPDATE request SET status = 'failed', finished_at = now() WHERE id = $1", [submitted.id]);
  await sql("UPDATE environment SET status = 'failed' WHERE id = $1", [submitted.environmentId]);
  runner = await world.runner("secrets");
  return submitted.runId ?? "";
}

const submitUpdate = (environment: string, parameters: object, version?: string) =>
  requests.submitRequest(developer, {
    kind: "update",
    environment,
    parameters: parameters as Record<string, never>,
    ...(version && { version }),
    reason: "",
  });

async function rollBack(runId: string) {
  const { rollbackRequest } = await import("@/lib/features/runs");
  return await ended(await requests.submitRequest(developer, await rollbackRequest(developer, runId)));
}

describe("an optional secret", () => {
  it("that is not given is null, makes no variable, and fails nothing", async () => {
    const environment = await create("without", {});
    const { optional, environment: variables } = await load(environment);
    expect(optional).toBeNull();
    expect(Object.keys(variables ?? {}).sort()).toEqual(["KEPT"]);
    expect(await stored(environment)).toEqual(["first", "kept"]);
  });

  it("is set, kept when it is left out, and cleared by null", async () => {
    const { getEnvironment } = await import("@/lib/features/environments");
    const environment = await create("cleared", { optional: oldKey });
    await update(environment, { size: 2 });
    expect((await load(environment)).environment).toMatchObject({ OPTIONAL: oldKey, SAME: oldKey });
    expect((await getEnvironment(developer, environment)).secretParameters).toEqual(["optional"]);
    const { status } = await update(environment, { optional: null });
    expect(status).toBe("succeeded");
    const after = await load(environment);
    expect(after.optional).toBeNull();
    expect(after.environment).not.toHaveProperty("OPTIONAL");
    expect((await getEnvironment(developer, environment)).secretParameters).toEqual([]);
    const { maskFor } = await import("@/lib/features/environments");
    expect(await maskFor(environment, `printed ${oldKey}`), "old prints stay masked").toBe("printed •••");
  });

  it("is cleared by a request that was planned again meanwhile", async () => {
    const environment = await create("replanned", { optional: oldKey });
    const waiting = await submitUpdate(environment, { optional: null, size: 60 });
    expect(waiting.status).toBe("pending_approval");
    await sql("UPDATE environment SET generation = generation + 1 WHERE id = $1", [environment]);
    const approver = await actorOf(world, "approver");
    const { digest } = await requests.replanRequest(approver, waiting.id);
    await requests.decideRequest(approver, waiting.id, { decision: "approve", digest, reason: "" });
    expect((await load(environment)).optional).toBeNull();
    await ended(waiting);
  });
});

describe("a roll back", () => {
  it("clears a secret that the state before did not have", async () => {
    const environment = await create("added", {});
    const runId = await failing(() => submitUpdate(environment, { optional: newKey }));
    expect((await load(environment)).optional).toBe(newKey);
    expect((await rollBack(runId)).status).toBe("succeeded");
    expect((await load(environment)).optional).toBeNull();
  });

  it("brings back a secret that the failed change had cleared", async () => {
    const environment = await create("brought-back", { optional: oldKey });
    const runId = await failing(() => submitUpdate(environment, { optional: null }));
    expect((await load(environment)).optional).toBeNull();
    expect((await rollBack(runId)).status).toBe("succeeded");
    expect((await load(environment)).environment).toMatchObject({ OPTIONAL: oldKey });
  });

  it("of a change to a version without a secret has its value, generated or given", async () => {
    const environment = await create("back", { optional: oldKey });
    const before = await load(environment);
    const runId = await failing(() => submitUpdate(environment, {}, "2.0.0"));
    expect((await rollBack(runId)).status).toBe("succeeded");
    const after = await load(environment);
    expect(after.optional).toBe(oldKey);
    expect(after.generated, "what version 2 added is gone").toEqual(before.generated);
  });
});

describe("a version that drops a secret", () => {
  it("deletes its value once the change succeeded; what stays keeps its own", async () => {
    const environment = await create("dropped", { optional: oldKey });
    const before = await load(environment);
    const changed = await update(environment, {}, "2.0.0");
    expect(changed.status).toBe("succeeded");
    expect(await stored(environment)).toEqual(["kept", "second"]);
    expect((await load(environment)).generated.kept).toBe(before.generated.kept);
    const again = await update(environment, {}, "3.0.0");
    expect(again.status).toBe("succeeded");
    const after = await load(environment);
    expect(after.optional, "a dropped secret does not come back by itself").toBeNull();
    expect(after.generated.kept).toBe(before.generated.kept);
    expect(after.generated.first).not.toBe(before.generated.first);
  });
});
