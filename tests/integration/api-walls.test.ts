import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { closeConnections } from "@/lib/features/clouds";
import { ensureFirstStart } from "@/lib/features/setup";
import { permissions } from "@/lib/kernel/permissions";
import { query } from "@/lib/platform/db";
import { resetRateLimits } from "@/lib/platform/http";
import { closeQueues } from "@/lib/platform/queue";
import { seedDemo } from "@/prisma/seed/seed-demo";
import { nameOf, operations } from "../support/access/cases";
import { objectsOf } from "../support/access/objects";
import type { TestDatabase } from "../support/database";
import { call, makePerson, useTestPortal } from "../support/portal";

/** Lists are not refused to anybody: they must leave out what is someone else's. */

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-walls-"));
let database: TestDatabase;

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir, DEMO: "on", ADMIN_EMAIL: "root@test.example" });
  await ensureFirstStart(seedDemo);
});
afterAll(async () => {
  await closeQueues();
  await closeConnections();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

it("what a project owns is not in any list of someone else", async () => {
  const projects = await query<{ id: string; slug: string }>("SELECT id, slug FROM project");
  const idOf = (slug: string) => projects.find((one) => one.slug === slug)?.id ?? "";
  const objects = await objectsOf(idOf("data-platform"));
  const people = {
    "owner of another project": await makePerson("owner", { projects: { [idOf("payments")]: "owner" } }),
    "member of nothing": await makePerson("stranger"),
  };
  const lists = operations.filter(({ method, path, handler }) => {
    const { permission } = handler.definition;
    const ofProjects = permission !== undefined && permissions[permission].project.length > 0;
    return method === "GET" && !path.includes("{") && ofProjects;
  });
  let seen = 0;
  for (const operation of lists) {
    for (const [kind, { token }] of Object.entries(people)) {
      resetRateLimits();
      const { status, body } = await call(operation.handler, { path: operation.path, token });
      if (status !== 200) continue;
      seen += 1;
      const text = JSON.stringify(body);
      for (const id of [objects.environments, objects.requests, objects.runs, objects.projects]) {
        expect(text, `${nameOf(operation)} as ${kind}`).not.toContain(id);
      }
    }
  }
  expect(seen).toBeGreaterThan(15);
});
