import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as orphansRoute from "@/app/api/v1/clouds/[id]/orphans/route";
import * as cloudRoute from "@/app/api/v1/clouds/[id]/route";
import * as cloudsRoute from "@/app/api/v1/clouds/route";
import * as driversRoute from "@/app/api/v1/drivers/route";
import { diskStore } from "@/lib/clouds/simulated/store";
import {
  checkAllClouds,
  closeConnections,
  cloudDataDir,
  connectionFor,
  placementCandidates,
} from "@/lib/features/clouds";
import { openCredentials } from "@/lib/features/clouds/credentials";
import { execute, query } from "@/lib/platform/db";
import type { TestDatabase } from "../support/database";
import { insertEnvironment } from "../support/environment-row";
import { call, makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-clouds-"));
const secret = "s3cr3t-value-nobody-may-see";
let database: TestDatabase;
let admin: TestPerson;
let developer: TestPerson;

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir });
  admin = await makePerson("admin", { orgRole: "admin" });
  developer = await makePerson("developer", { projects: { [await makeProject("team")]: "developer" } });
});
afterAll(async () => {
  await closeConnections();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function makeCloud(name: string, body: object = {}) {
  const answer = await call(cloudsRoute.POST, {
    token: admin.token,
    body: { name, title: name, driver: "simulated", ...body },
  });
  expect(answer.status).toBe(201);
  return answer.body;
}

describe("clouds", () => {
  it("say what components may ask of them, with the values of their settings", async () => {
    const config = { socketPath: "/nowhere.sock", allowedImages: ["postgres:*"], pidsLimit: 64 };
    const docker = await makeCloud("engine", { driver: "docker", config });
    expect(docker.allowances.title).toBe("Container permissions");
    expect(docker.allowances.rows).toContainEqual({
      subject: "Images",
      rule: "by_setting",
      settings: ["allowedImages", "requireDigest"],
      detail: expect.stringContaining("Only postgres:*"),
    });
    const machine = await makeCloud("metal", { driver: "machine", config: { allowPrograms: ["redis-cli"] } });
    expect(machine.allowances.rows[0].detail).toContain("redis-cli");
    const wrong = { allowedImages: ["Postgres:*"], allowCapabilities: ["ALL"], pidsLimit: 0 };
    const refused = await call(cloudsRoute.POST, {
      token: admin.token,
      body: { name: "wrong", title: "wrong", driver: "docker", config: wrong },
    });
    expect(refused.status).toBe(422);
    for (const path of ["allowedImages.0", "allowCapabilities.0", "pidsLimit"]) {
      expect(JSON.stringify(refused.body)).toContain(`config.${path}`);
    }
    const gone = async (id: string, path = "/api/v1/clouds") =>
      await call(cloudRoute.DELETE, { token: admin.token, method: "DELETE", params: { id }, path });
    expect((await gone(machine.id)).status).toBe(204);
    // What does not answer cannot be seen to be empty.
    const refusedToo = await gone(docker.id);
    expect(refusedToo.status).toBe(409);
    const { acknowledgement } = refusedToo.body;
    expect(
      (await gone(docker.id, `/api/v1/clouds?force=true&acknowledgement=${acknowledgement}`)).status,
    ).toBe(204);
  });

  it("are registered, looked at, changed and deleted by administrators", async () => {
    const capacity = { cpu: 8, memoryBytes: 1e9, storageBytes: 1e10 };
    const cloud = await makeCloud("first", { config: { capacity }, labels: { location: "cellar" } });
    expect(cloud).toMatchObject({ healthOk: true, driverTitle: "Simulated", capacity: { free: capacity } });
    const params = { id: cloud.id };
    const patched = await call(cloudRoute.PATCH, {
      token: admin.token,
      method: "PATCH",
      params,
      body: { title: "Renamed", enabled: false },
    });
    expect(patched.body).toMatchObject({ title: "Renamed", enabled: false, labels: { location: "cellar" } });
    expect((await placementCandidates()).map((one) => one.id)).not.toContain(cloud.id);
    const gone = await call(cloudRoute.DELETE, { token: admin.token, method: "DELETE", params });
    expect(gone.status).toBe(204);
    expect((await call(cloudRoute.GET, { token: admin.token, params })).status).toBe(404);
    const actions = await query<{ action: string }>(
      "SELECT action FROM audit_event WHERE object_id = $1 ORDER BY seq",
      [cloud.id],
    );
    expect(actions.map((one) => one.action)).toEqual(["cloud.create", "cloud.update", "cloud.delete"]);
  });

  it("refuse others, unknown drivers, wrong settings and taken names", async () => {
    const body = { name: "second", title: "Second", driver: "simulated" };
    expect((await call(cloudsRoute.GET, { token: developer.token })).status).toBe(403);
    expect((await call(cloudsRoute.POST, { token: developer.token, body })).status).toBe(403);
    const unknown = await call(cloudsRoute.POST, { token: admin.token, body: { ...body, driver: "vax" } });
    expect([unknown.status, unknown.body.errors[0].path]).toEqual([422, "driver"]);
    const wrong = await call(cloudsRoute.POST, {
      token: admin.token,
      body: { ...body, config: { pendingMs: -1 } },
    });
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([422, "config.pendingMs"]);
    await makeCloud("second");
    expect((await call(cloudsRoute.POST, { token: admin.token, body })).status).toBe(409);
  });

  it("never show their credentials: not in answers, nor in the database, nor in the audit", async () => {
    const cloud = await makeCloud("secretive", { credentials: { token: secret, key: "other" } });
    expect(cloud.credentialNames).toEqual(["key", "token"]);
    const changed = await call(cloudRoute.PATCH, {
      token: admin.token,
      method: "PATCH",
      params: { id: cloud.id },
      body: { credentials: { key: "", extra: secret } },
    });
    expect(changed.body.credentialNames).toEqual(["extra", "token"]);
    const list = await call(cloudsRoute.GET, { token: admin.token });
    const rows = await query<{ credentials: string | null }>("SELECT * FROM cloud WHERE id = $1", [cloud.id]);
    const audit = await query("SELECT * FROM audit_event");
    const events = await query("SELECT topic, kind, payload FROM event");
    for (const seen of [cloud, changed.body, list.body, rows, audit, events]) {
      expect(
        JSON.stringify(seen, (_, value) => (typeof value === "bigint" ? String(value) : value)),
      ).not.toContain(secret);
    }
    const sealed = rows[0]?.credentials ?? "";
    expect(openCredentials(cloud.id, sealed)).toEqual({ token: secret, extra: secret });
    expect(() => openCredentials("cld_other", sealed)).toThrow(/belongs to another record/);
  });

  it("share one connection until the configuration changes; a check is no change", async () => {
    const cloud = await makeCloud("shared");
    const first = await connectionFor(cloud.id);
    await checkAllClouds();
    expect(await connectionFor(cloud.id)).toBe(first);
    await call(cloudRoute.PATCH, {
      token: admin.token,
      method: "PATCH",
      params: { id: cloud.id },
      body: { config: { pendingMs: 1 } },
    });
    expect(await connectionFor(cloud.id)).not.toBe(first);
  });

  it("are not deleted while something lives on them, and tell what no one knows of", async () => {
    const cloud = await makeCloud("lived-in");
    await insertResource(cloud.id, "env_known", "web");
    const store = diskStore(cloudDataDir(cloud.id));
    for (const environmentId of ["env_known", "env_lost"]) {
      const ref = { environmentId, environmentName: "x", component: "web" };
      await store.put(thing(ref), true);
    }
    const orphans = await call(orphansRoute.GET, { token: admin.token, params: { id: cloud.id } });
    expect(orphans.body.items).toMatchObject([
      { kind: "managed", environmentId: "env_lost", component: "web" },
    ]);
    const refused = await call(cloudRoute.DELETE, {
      token: admin.token,
      method: "DELETE",
      params: { id: cloud.id },
    });
    expect([refused.status, refused.body.code]).toEqual([409, "conflict"]);
    const shown = await call(cloudRoute.GET, { token: admin.token, params: { id: cloud.id } });
    expect(shown.body).toMatchObject({ environments: 1, resources: 1, held: { cpu: 2 } });
  });

  it("that cannot be opened are not well, and say why", async () => {
    const cloud = await makeCloud("broken");
    await execute('UPDATE cloud SET config = \'{"store": "tape"}\', updated_at = now() WHERE id = $1', [
      cloud.id,
    ]);
    const { failing } = await checkAllClouds();
    expect(failing).toBe(1);
    const shown = await call(cloudRoute.GET, { token: admin.token, params: { id: cloud.id } });
    expect(shown.body.healthOk).toBe(false);
    expect(shown.body.healthMessage).toContain("Couldn’t connect to cloud");
  });
});

it("drivers offer the schema of their configuration", async () => {
  const { body } = await call(driversRoute.GET, { token: admin.token });
  const kinds = body.items.map((one: { kind: string }) => one.kind);
  expect(kinds).toEqual(["machine", "docker", "simulated"]);
  for (const driver of body.items) expect(driver.configSchema.type).toBe("object");
});

function thing(ref: { environmentId: string; environmentName: string; component: string }) {
  return {
    ref,
    externalId: `sim-${ref.environmentId}`,
    key: "k",
    digest: "",
    status: "running" as const,
    replicas: 1,
    port: 1,
    cpu: 1,
    memoryBytes: 1,
    readyAtMs: 0,
    createdAtMs: 0,
  };
}

async function insertResource(cloudId: string, environmentId: string, component: string): Promise<void> {
  const [project] = await query<{ id: string }>("SELECT id FROM project LIMIT 1");
  await insertEnvironment(project?.id ?? "", developer.id, environmentId);
  await execute(
    `INSERT INTO resource (id, environment_id, component, cloud_id, kind, external_id, status, desired_digest, cpu, replicas)
     VALUES ('res_x', $1, $2, $3, 'container', 'sim-known', 'running', '', 1, 2)`,
    [environmentId, component, cloudId],
  );
}
