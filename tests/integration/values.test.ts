import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "@/lib/platform/auth";
import { putStatus } from "@/tests/support/put-status";
import { actorOf, createWorld, type World } from "../support/world";

let world: World;
let developer: Actor;
let requests: typeof import("@/lib/features/requests");
let web: object;

beforeAll(async () => {
  world = await createWorld();
  requests = await import("@/lib/features/requests");
  developer = await actorOf(world, "developer");
  web = {
    process: {
      program: "node",
      args: ["-e", ""],
      ports: [8080],
      environment: { GREETING: "${{ parameters.zeta }}", LIMIT: "${{ parameters.alpha }}" },
    },
    size: { cpu: 0.5, memory: "64Mi" },
    scaling: { min: 2 },
  };
  const parameters = {
    required: ["middle"],
    properties: {
      zeta: { type: "string", default: "hello" },
      middle: { type: "integer", default: 3 },
      alpha: { type: "number", multipleOf: 0.1, default: 0.3 },
      group: { type: "object", properties: { second: { type: "string" }, first: { type: "string" } } },
    },
  };
  await world.publish("valued", { web }, { version: "1.0.0", parameters });
  const next = structuredClone(parameters);
  Object.assign(next.properties, { late: { type: "string", default: "new" } });
  await world.publish("valued", { web }, { version: "2.0.0", parameters: next });
});
afterAll(() => world?.close());

async function create(name: string, parameters: object = {}, version = "1.0.0"): Promise<string> {
  const { environmentId } = await requests.submitRequest(developer, {
    kind: "create",
    project: "team",
    template: "valued",
    version,
    name,
    parameters: parameters as Record<string, never>,
    reason: "",
  });
  const settle = (text: string) => putStatus(world.database.pool, text, [environmentId]);
  await settle("UPDATE run SET status = 'succeeded', finished_at = now() WHERE environment_id = $1");
  await settle("UPDATE request SET status = 'succeeded' WHERE environment_id = $1 AND status = 'running'");
  await settle("UPDATE environment SET status = 'running' WHERE id = $1");
  return environmentId;
}

const change = (environment: string, parameters: object, version?: string) =>
  requests.prepareRequest(developer, {
    kind: "update",
    environment,
    parameters: parameters as Record<string, never>,
    ...(version && { version }),
    reason: "",
  });

describe("values", () => {
  it("keep the order of the file, also of versions that a JSON column has sorted already", async () => {
    const { getVersion, loadVersionByName } = await import("@/lib/features/catalog");
    const detail = await getVersion(developer, "valued", "1.0.0");
    const form = detail.form as { fields: { name: string; fields?: { name: string }[] }[] }[];
    const names = form.flatMap((page) => page.fields.map((field) => field.name));
    expect(names).toEqual(["zeta", "middle", "alpha", "group"]);
    expect(form[0]?.fields[3]?.fields?.map((field) => field.name)).toEqual(["second", "first"]);
    const { manifest } = await loadVersionByName("valued", "1.0.0");
    expect(Object.keys(manifest.spec.parameters[0]?.properties ?? {})).toEqual(names);
  });

  it("that are cleared are not set, and the plan of a change shows it", async () => {
    const environment = await create("clearing");
    const { changes, parameters } = await change(environment, { zeta: null });
    expect(parameters).toMatchObject({ zeta: null, middle: 3, alpha: 0.3 });
    expect(changes[0]?.action).not.toBe("no-op");
    const again = await change(environment, {});
    expect(again.parameters).toMatchObject({ zeta: "hello" });
    const cleared = await create("cleared", { zeta: null });
    expect((await change(cleared, {})).parameters).toMatchObject({ zeta: null });
  });

  it("that were never there take the default of a newer version; cleared ones stay cleared", async () => {
    const environment = await create("upgrading", { zeta: null });
    const { parameters } = await change(environment, {}, "2.0.0");
    expect(parameters).toMatchObject({ zeta: null, late: "new" });
  });

  it("are refused when they are required and cleared, and judged as decimals", async () => {
    const environment = await create("judging");
    await expect(change(environment, { middle: null })).rejects.toMatchObject({
      problems: [{ path: "parameters.middle", message: "is required" }],
    });
    await expect(change(environment, { alpha: 0.35 })).rejects.toMatchObject({
      problems: [{ path: "parameters.alpha", message: "must be a multiple of 0.1" }],
    });
    expect((await change(environment, { alpha: 0.7 })).parameters).toMatchObject({ alpha: 0.7 });
  });

  it("of fields that are hidden are taken by no request, and a change that hides a field takes its value away", async () => {
    const parameters = {
      required: ["bucket"],
      properties: {
        backups: { type: "boolean", default: false },
        bucket: { type: "string", "ui:visibleIf": { backups: true } },
        token: { type: "string", format: "secret", "ui:visibleIf": { backups: true } },
        zeta: { type: "string", default: "hello" },
        alpha: { type: "number", default: 0.3 },
      },
    };
    await world.publish("valued", { web }, { version: "3.0.0", parameters });
    const plain = await create("hidden", { bucket: "ignored" }, "3.0.0");
    expect((await change(plain, {})).parameters).toMatchObject({ backups: false, bucket: null });
    await expect(create("incomplete", { backups: true }, "3.0.0")).rejects.toMatchObject({
      problems: [{ path: "parameters.bucket", message: "is required" }],
    });
    const kept = await create("shown", { backups: true, bucket: "b1", token: "t0ken" }, "3.0.0");
    expect((await change(kept, {})).parameters).toMatchObject({ backups: true, bucket: "b1" });
    expect((await change(kept, {})).secretParameters).toEqual({ token: "t0ken" });
    const hiding = await change(kept, { backups: false });
    expect(hiding.parameters).toMatchObject({ backups: false, bucket: null });
    expect(hiding.secretParameters).toEqual({});
  });

  it("of scaling.min are the replicas an environment begins with", async () => {
    const prepared = await requests.prepareRequest(developer, {
      kind: "create",
      project: "team",
      template: "valued",
      version: "1.0.0",
      name: "replicated",
      parameters: {},
      reason: "",
    });
    expect(prepared.changes[0]?.replicas).toBe(2);
  });

  it("refuse a cloud that cannot run the command of a health check", async () => {
    const health = { exec: ["true"] };
    await world.publish("asked", { web: { process: { program: "node" }, health } }, { version: "1.0.0" });
    const body = {
      kind: "create",
      project: "team",
      template: "asked",
      name: "asked",
      parameters: {},
      reason: "",
    } as const;
    await expect(requests.prepareRequest(developer, body)).rejects.toThrow(
      /runs a command, which this cloud doesn’t support/,
    );
  });
});
