import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "@/lib/platform/auth";
import { actorOf, createWorld, type World } from "../support/world";

const oldKey = "OLD-super-secret-key";
const newKey = "NEW-rotated-secret-key";

let world: World;
let developer: Actor;
let requests: typeof import("@/lib/features/requests");

beforeAll(async () => {
  world = await createWorld();
  requests = await import("@/lib/features/requests");
  developer = await actorOf(world, "developer");
  await world.publish(
    "life",
    {
      web: {
        process: { program: "node", args: ["-e", ""], environment: { KEY: "${{ parameters.optional }}" } },
        size: { cpu: "${{ parameters.size }}", memory: "64Mi" },
      },
    },
    {
      parameters: {
        properties: {
          optional: { type: "string", format: "secret" },
          size: { type: "integer", default: 1, maximum: 64 },
        },
      },
    },
  );
});
afterAll(() => world?.close());

const sql = async <Row>(text: string, values: unknown[] = []) =>
  (await world.database.pool.query(text, values)).rows as Row[];

async function optionalOf(environmentId: string): Promise<unknown> {
  const { loadEnvironment } = await import("@/lib/features/environments");
  return (await loadEnvironment(environmentId)).inputs.parameters.optional ?? null;
}

describe("a request that is made again", () => {
  const parameters = { size: 60 as never };
  const base = { kind: "create" as const, project: "team", template: "life", version: "1.0.0", reason: "" };

  it("has the secrets of the rejected one, which no browser had; what is given or cleared goes before", async () => {
    const first = await requests.submitRequest(developer, {
      ...base,
      name: "again",
      parameters: { ...parameters, optional: oldKey as never },
    });
    expect(first.status).toBe("pending_approval");
    const approver = await actorOf(world, "approver");
    const { digest } = first.plan;
    await requests.decideRequest(approver, first.id, { decision: "reject", digest, reason: "too large" });
    const detail = await requests.getRequest(developer, first.id);
    expect(detail).toMatchObject({ secretParameters: ["optional"], can: { repeat: true } });
    expect((await requests.getRequest(approver, first.id)).can.repeat).toBe(false);
    const repeat = async (name: string, given: object) => {
      const body = { ...base, name, secretsFrom: first.id, parameters: { size: 1, ...given } as never };
      const { environmentId, id } = await requests.submitRequest(developer, body);
      return { optional: await optionalOf(environmentId), id };
    };
    const again = await repeat("again", {});
    expect(again.optional).toBe(oldKey);
    expect((await requests.getRequest(developer, again.id)).secretParameters).toEqual(["optional"]);
    const payload = await sql("SELECT payload FROM request WHERE id = $1", [again.id]);
    expect(JSON.stringify(payload)).not.toContain(oldKey);
    expect((await repeat("again-given", { optional: newKey })).optional).toBe(newKey);
    expect((await repeat("again-cleared", { optional: null })).optional).toBeNull();
  });

  it("gets none of a project or template that is not its own, or from someone who may not read them", async () => {
    const [earlier] = await sql<{ id: string }>("SELECT id FROM request WHERE kind = 'create' LIMIT 1");
    const secretsFrom = earlier?.id ?? "";
    await world.publish("foreign", { web: { process: { program: "node", args: ["-e", ""] } } });
    const body = { ...base, name: "stolen", secretsFrom, parameters: {} };
    await expect(requests.submitRequest(developer, { ...body, template: "foreign" })).rejects.toMatchObject({
      code: "validation_failed",
    });
    await expect(
      requests.submitRequest(developer, { ...body, secretsFrom: "req_unknown" }),
    ).rejects.toMatchObject({ code: "not_found" });
    await sql(
      "INSERT INTO project (id, slug, name, cost_center_id, updated_at) SELECT 'prj_x', 'x', 'X', cost_center_id, now() FROM project LIMIT 1",
    );
    const elsewhere = { ...developer, projects: new Map([["prj_x", "developer" as const]]) };
    await expect(requests.submitRequest(elsewhere, { ...body, project: "x" })).rejects.toMatchObject({
      code: "not_found",
    });
    const both = {
      ...developer,
      projects: new Map([...developer.projects, ["prj_x", "developer" as const]]),
    };
    await expect(requests.submitRequest(both as Actor, { ...body, project: "x" })).rejects.toMatchObject({
      code: "validation_failed",
    });
  });
});
