import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as demoRoute from "@/app/api/v1/demo/route";
import { closeConnections } from "@/lib/features/clouds";
import { ensureFirstStart, resetDemo } from "@/lib/features/setup";
import { newId } from "@/lib/kernel/ids";
import { cliActor } from "@/lib/platform/auth";
import { execute, query } from "@/lib/platform/db";
import { seedDemo } from "@/prisma/seed/seed-demo";
import { admin$ } from "../support/admin";
import { BrowserSession } from "../support/browser-session";
import type { TestDatabase } from "../support/database";
import { call, makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";
import { insertHistory } from "../support/put-status";

/** A reset gives the demo back as it was, and costs no one anything that isn't the demo's. */

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-reset-"));
// Open to others, so that the machine cloud finds no reason to live elsewhere.
chmodSync(dataDir, 0o755);
let database: TestDatabase;
let alice: TestPerson;

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir, DEMO: "on", ADMIN_EMAIL: "root@test.example" });
  await ensureFirstStart(seedDemo);
  alice = await makePerson("alice");
});
afterAll(async () => {
  await closeConnections();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const again = () => ensureFirstStart(seedDemo);
const one = async (sql: string, ...values: unknown[]) => (await query<{ n: string }>(sql, values))[0]?.n;
const idOf = async (slug: string) => (await one("SELECT id AS n FROM project WHERE slug = $1", slug)) ?? "";
const demoUser = async () =>
  (await one("SELECT id AS n FROM app_user WHERE email LIKE 'demo-developer@%'")) ?? "";
const everything = async () =>
  await query(
    `SELECT (SELECT count(*)::int FROM environment) AS environments, (SELECT count(*)::int FROM app_user WHERE is_demo) AS people,
            (SELECT count(*)::int FROM request) AS requests, (SELECT count(*)::int FROM template_version) AS versions,
            (SELECT count(*)::int FROM statement) AS statements, (SELECT count(*)::int FROM cloud) AS clouds`,
  );

async function addEnvironment(
  name: string,
  ownerId: string,
  projectId: string,
  cloud: string,
): Promise<string> {
  const id = newId("environment");
  await insertHistory(
    database.pool,
    `INSERT INTO environment (id, name, project_id, owner_id, template_version_id, status, updated_at)
     SELECT $1, $2, $3, $4, id, 'running', now() FROM template_version WHERE status = 'published' LIMIT 1`,
    [id, name, projectId, ownerId],
  );
  await execute(
    `INSERT INTO resource (id, environment_id, component, cloud_id, kind, external_id, status, desired_digest)
     SELECT $1, $2, 'web', id, 'process', 'x', 'running', '' FROM cloud WHERE name = $3`,
    [newId("resource"), id, cloud],
  );
  return id;
}

async function remove(id: string): Promise<void> {
  await execute("DELETE FROM resource WHERE environment_id = $1", [id]);
  await execute("DELETE FROM environment WHERE id = $1", [id]);
}

it("refuses, names what is real and leaves all as it is", async () => {
  const before = await everything();
  const storefront = await idOf("storefront");
  const team = await makeProject("real-team");
  const cases: [name: string, make: () => Promise<() => Promise<unknown>>, says: RegExp][] = [
    [
      "a demo user's processes on this machine",
      async () => {
        const id = await addEnvironment("on-this-machine", await demoUser(), storefront, "this-machine");
        return () => remove(id);
      },
      /environment on-this-machine runs on a cloud that isn’t simulated/,
    ],
    [
      "a real user's trial on the demo cloud",
      async () => {
        const id = await addEnvironment("alices-trial", alice.id, team, "demo-cloud");
        return () => remove(id);
      },
      /environment alices-trial belongs to a user outside the demo/,
    ],
    [
      "a real user's place in a demo project",
      async () => {
        await execute("INSERT INTO project_member (project_id, user_id, role) VALUES ($1, $2, 'developer')", [
          storefront,
          alice.id,
        ]);
        return () => execute("DELETE FROM project_member WHERE user_id = $1", [alice.id]);
      },
      /alice.* is a member of the demo project storefront/,
    ],
    [
      "a real project on a demo cost center",
      async () => {
        await execute(
          "UPDATE project SET cost_center_id = (SELECT id FROM cost_center WHERE code = 'DEMO-4100') WHERE id = $1",
          [team],
        );
        return () =>
          execute(
            "UPDATE project SET cost_center_id = (SELECT id FROM cost_center WHERE code NOT LIKE 'DEMO-%' LIMIT 1) WHERE id = $1",
            [team],
          );
      },
      /project real-team uses the demo cost center DEMO-4100/,
    ],
  ];
  for (const [name, make, says] of cases) {
    const undo = await make();
    await expect(resetDemo(cliActor(), again), name).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(says),
    });
    await undo();
  }
  expect(await everything()).toEqual(before);
});

it("is for those who may administer the demo", async () => {
  const { findTokenActor } = await import("@/lib/platform/auth");
  const actor = await findTokenActor(alice.token, { requestId: "http_1", ip: "127.0.0.1" });
  if (!actor) throw new Error("The token is unknown.");
  await expect(resetDemo(actor, again)).rejects.toMatchObject({ code: "forbidden" });
});

it("gives the demo back as it was, after what demo users did with it", async () => {
  const before = await everything();
  await addEnvironment("a-trial", await demoUser(), await idOf("storefront"), "demo-cloud");
  await execute("UPDATE project SET name = 'Vandalized' WHERE slug = 'storefront'");
  const old = await demoUser();
  const browser = new BrowserSession();
  await browser.openDemoLink();
  const lines = await admin$("demo", "reset");
  expect(lines[0]).toMatch(/^Removed \d+ demo environments and 9 demo users/);
  expect(await everything()).toEqual(before);
  expect(await one("SELECT name AS n FROM project WHERE slug = 'storefront'")).toBe("Storefront");
  expect(await demoUser()).not.toBe(old);
  expect(await browser.signIn("demo", { role: "developer" }), "its link still counts").toBeNull();
  expect(await one("SELECT count(*)::text AS n FROM audit_event WHERE action = 'demo.reset'")).toBe("1");
  expect(await one("SELECT count(*)::text AS n FROM app_user WHERE id = $1", alice.id)).toBe("1");
});

it("leaves writing it to the next start if that fails", async () => {
  const broken = () => Promise.reject(new Error("no room on the disk"));
  await expect(resetDemo(cliActor(), broken)).rejects.toMatchObject({ code: "unavailable" });
  await expect(resetDemo(cliActor(), again)).rejects.toMatchObject({ code: "conflict" });
  expect((await ensureFirstStart(seedDemo)).demo).toBe(true);
});

it("can be removed by a demo user, whose own record goes with it, as the portal asks for it", async () => {
  const priya = await makePerson("demo-priya", { orgRole: "admin", isDemo: true });
  const removed = await call(demoRoute.DELETE, {
    method: "DELETE",
    token: priya.token,
    headers: { "idempotency-key": "the-only-attempt" },
  });
  expect(removed.body).toMatchObject({ people: 10 });
  expect(removed.status).toBe(200);
  expect(await one("SELECT count(*)::text AS n FROM app_user WHERE is_demo")).toBe("0");
});
