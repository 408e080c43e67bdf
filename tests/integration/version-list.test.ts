import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as versionsRoute from "@/app/api/v1/template-versions/route";
import { importManifest, transitionVersion } from "@/lib/features/catalog";
import { cliActor } from "@/lib/platform/auth";
import type { TestDatabase } from "../support/database";
import { call, makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-versions-"));
let database: TestDatabase;
let reviewer: TestPerson;
let developer: TestPerson;

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir });
  reviewer = await makePerson("reviewer", { orgRole: "admin" });
  developer = await makePerson("developer", { projects: { [await makeProject("team")]: "developer" } });
});
afterAll(async () => {
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const manifest = (version: string) => `apiVersion: rostrum.dev/v1
kind: Template
metadata: {name: listed, title: Title of ${version}, category: Web}
spec:
  version: ${version}
  components: {web: {size: {cpu: 0.5, memory: 128Mi}, container: {image: "nginx:1", ports: ["80"]}}}
`;

const list = (query: string, token = reviewer.token) =>
  call(versionsRoute.GET, { token, path: `/api/v1/template-versions?${query}` });

it("has drafts too, in the order and with the rows that were chosen, also as CSV; for those who review", async () => {
  const { digest } = await importManifest(cliActor(), manifest("1.0.0"));
  await importManifest(cliActor(), manifest("1.1.0"));
  await transitionVersion(cliActor(), { name: "listed", version: "1.0.0", transition: "submit", digest });
  const all = await list("q=LISTED&sort=status&direction=desc");
  expect(all.body.items.map((one: { version: string }) => one.version)).toEqual(["1.0.0", "1.1.0"]);
  const csv = await list("q=listed&status=draft&format=csv");
  const [header, ...lines] = String(csv.body).trim().split(/\r?\n/);
  expect(header).toContain("version");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("1.1.0");
  expect((await list("", developer.token)).status).toBe(403);
});
