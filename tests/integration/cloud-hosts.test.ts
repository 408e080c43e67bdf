import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PATCH as updateCloud } from "@/app/api/v1/clouds/[id]/route";
import { POST as createCloud } from "@/app/api/v1/clouds/route";
import { driverKinds } from "@/lib/clouds/registry";
import { closeConnections, listClouds, registerLocalClouds, separateCloudHosts } from "@/lib/features/clouds";
import { resetConfig } from "@/lib/platform/config";
import { execute, query } from "@/lib/platform/db";
import type { TestDatabase } from "../support/database";
import { call, makePerson, type TestPerson, useTestPortal } from "../support/portal";

/** Links to environments never have the portal's own host. */

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-hosts-"));
// Open to others, so that the machine cloud finds no reason to live elsewhere.
chmodSync(dataDir, 0o755);
let database: TestDatabase;
let admin: TestPerson;

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir, DOCKER_HOST: "", HOME: dataDir });
  admin = await makePerson("root", { orgRole: "admin" });
});
afterEach(() => portalAt("http://localhost:3000"));
afterAll(async () => {
  await closeConnections();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

function portalAt(publicUrl: string): void {
  process.env.PUBLIC_URL = publicUrl;
  resetConfig();
}

const save = async (name: string, driver: string, config: object) =>
  await call(createCloud, { token: admin.token, body: { name, title: name, driver, config } });

const configOf = async (name: string) =>
  (await query<{ config: Record<string, unknown> }>("SELECT config FROM cloud WHERE name = $1", [name]))[0]
    ?.config;

describe.each(driverKinds.filter((kind) => kind !== "simulated"))("a %s cloud", (kind) => {
  const refused = [
    ["http://localhost:3000", "localhost"],
    ["http://localhost:3000", "LocalHost."],
    ["http://127.0.0.1:3000", "127.0.0.1"],
    ["http://127.0.0.1:3000", "127.1"],
    ["http://127.0.0.1:3000", "0x7f000001"],
    ["http://[::1]:3000", "::1"],
    ["http://[::1]:3000", "[0:0:0:0:0:0:0:1]"],
    ["https://Rostrum.Example.com", "rostrum.example.com."],
    ["https://bücher.example", "xn--bcher-kva.example"],
  ];

  it.each(refused)("of a portal at %s is refused at save with the address %s", async (publicUrl, address) => {
    portalAt(publicUrl);
    const answer = await save("refused", kind, { address });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([
      { path: "config.address", message: expect.stringContaining("Use a host other than the portal’s") },
    ]);
    expect(await configOf("refused")).toBeUndefined();
  });

  it("is refused where the default would be the portal's host", async () => {
    portalAt("http://127.0.0.1:3000");
    expect((await save("refused", kind, {})).status).toBe(422);
  });

  it.each(["me@localhost", "localhost:3000", "http://localhost", "localhost/", "%6cocalhost", "local\thost"])(
    "takes no address that is not a bare host: %j",
    async (address) => {
      const { status, body } = await save("refused", kind, { address });
      expect([status, body.errors[0].path]).toEqual([422, "config.address"]);
    },
  );

  it.each([
    ["http://localhost:3000", "127.0.0.1"],
    ["http://localhost:3000", "apps.localhost"],
    ["http://127.0.0.1:3000", "localhost"],
    ["https://example.com", "apps.example.com"],
  ])(
    "of a portal at %s may have the address %s, and not change to the portal's",
    async (publicUrl, address) => {
      portalAt(publicUrl);
      const { hostname } = new URL(publicUrl);
      const made = await save("other-host", kind, { address, ...absent[kind] });
      expect([made.status, made.body.warning]).toEqual([201, null]);
      const change = async (body: object) =>
        await call(updateCloud, { method: "PATCH", token: admin.token, params: { id: made.body.id }, body });
      const wrong = await change({ config: { address: hostname } });
      expect([wrong.status, wrong.body.errors[0].path]).toEqual([422, "config.address"]);
      expect((await change({ title: "Another title" })).status).toBe(200);
      expect(await configOf("other-host")).toMatchObject({ address });
      await execute("DELETE FROM cloud WHERE name = 'other-host'");
    },
  );
});

/** Nothing listens there: what is tried here needs no engine. */
const absent: Partial<Record<string, object>> = { docker: { host: "127.0.0.1", port: 1 } };

describe("the cloud of this machine", () => {
  const start = async () => {
    await registerLocalClouds();
    // An engine that happens to run here is not what this is about.
    await execute("DELETE FROM cloud WHERE name = 'docker'");
    return await separateCloudHosts();
  };

  it("has the driver's address beside a portal at localhost", async () => {
    expect(await start()).toEqual({ corrected: [], conflicting: [] });
    expect(await configOf("this-machine")).toEqual({});
  });

  it("changes to the other name when the portal does, back and forth, and says so in the audit log", async () => {
    portalAt("http://127.0.0.1:3000");
    expect(await start()).toEqual({ corrected: ["this-machine"], conflicting: [] });
    expect(await configOf("this-machine")).toEqual({ address: "localhost" });
    expect(await start()).toEqual({ corrected: [], conflicting: [] });
    portalAt("http://localhost:4000");
    expect(await start()).toEqual({ corrected: ["this-machine"], conflicting: [] });
    expect(await configOf("this-machine")).toEqual({ address: "127.0.0.1" });
    const events = await query(
      "SELECT detail FROM audit_event WHERE action = 'cloud.update' AND detail->>'name' = 'this-machine'",
    );
    expect(events).toHaveLength(2);
  });

  it("is registered with the other name where the portal has the driver's", async () => {
    await execute("DELETE FROM cloud WHERE name = 'this-machine'");
    portalAt("http://127.0.0.1:3000");
    expect(await start()).toEqual({ corrected: [], conflicting: [] });
    expect(await configOf("this-machine")).toEqual({ address: "localhost" });
  });
});

describe("a cloud that was saved before the portal had its host", () => {
  it("is left as it is, and reported with a warning", async () => {
    await save("build-host", "machine", { address: "build.example.com", portRange: [21_000, 21_099] });
    portalAt("https://build.example.com");
    expect(await separateCloudHosts()).toEqual({ corrected: [], conflicting: ["build-host"] });
    const warnings = (await listClouds()).map(({ name, warning }) => [name, warning]);
    expect(Object.fromEntries(warnings)).toMatchObject({
      "build-host": expect.stringContaining("the portal’s host name (build.example.com)"),
      "this-machine": null,
    });
    expect(await configOf("build-host")).toMatchObject({ address: "build.example.com" });
  });
});
