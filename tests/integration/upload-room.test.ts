import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as uploadsRoute from "@/app/api/v1/uploads/route";
import { query } from "@/lib/platform/db";
import { type RouteHandler, resetRateLimits } from "@/lib/platform/http";
import { tarOf } from "../support/archives";
import type { TestDatabase } from "../support/database";
import { call, makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";

let database: TestDatabase;
let ann: TestPerson;
let ben: TestPerson;
let archive: Buffer;

beforeAll(async () => {
  database = await useTestPortal({
    UPLOADS_PER_PROJECT: "4",
    UPLOADS_PER_USER: "3",
    UPLOAD_MIB_PER_USER: "1",
  });
  const [red, blue] = [await makeProject("red"), await makeProject("blue")];
  ann = await makePerson("ann", { projects: { [red]: "developer", [blue]: "developer" } });
  ben = await makePerson("ben", { projects: { [red]: "developer" } });
  archive = gzipSync(await tarOf([{ path: "a", text: "a" }]));
});
afterAll(async () => await database.drop());

const upload = (person: TestPerson, project: string, raw: BodyInit = new Uint8Array(archive)) =>
  call(uploadsRoute.POST, {
    token: person.token,
    raw,
    path: `/api/v1/uploads?project=${project}`,
    headers: { "content-type": "application/gzip" },
  });

it("uploads are bounded by number and size, of a user in all projects and of a project, also all at once", async () => {
  const large = gzipSync(await tarOf([{ path: "a", text: randomBytes(1_600_000).toString("latin1") }]));
  const refused = await upload(ann, "red", new Uint8Array(large));
  expect([refused.status, refused.body.code]).toEqual([422, "quota_exceeded"]);
  const statuses: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const both = await Promise.all([upload(ann, "red"), upload(ann, "blue")]);
    statuses.push(...both.map((one) => one.status));
  }
  expect(statuses.filter((status) => status === 201)).toHaveLength(3);
  expect(statuses.filter((status) => status === 422)).toHaveLength(3);
  const of = async () =>
    (await query<{ n: number }>("SELECT count(*)::int AS n FROM upload WHERE owner_id = $1", [ann.id]))[0]?.n;
  expect(await of()).toBe(3);
  for (let round = 0; round < 4; round += 1) await upload(ben, "red");
  const [red] = await query<{ n: number }>(
    "SELECT count(*)::int AS n FROM upload u JOIN project p ON p.id = u.project_id WHERE p.slug = 'red'",
  );
  expect(red?.n).toBeLessThanOrEqual(4);
  const last = await upload(ben, "red");
  expect([last.status, last.body.detail]).toEqual([422, expect.stringContaining("deleted after 24 hours")]);
});

it("uploads at once wait at the client: 429 with Retry-After before their bodies are read", async () => {
  resetRateLimits();
  const handler = uploadsRoute.POST as RouteHandler;
  const endings: (() => void)[] = [];
  const slow = [1, 2].map(() => {
    const body = new ReadableStream({ start: (control) => void endings.push(() => control.close()) });
    const headers = { authorization: `Bearer ${ben.token}`, "content-type": "application/gzip" };
    const init: RequestInit & { duplex: "half" } = { method: "POST", headers, body, duplex: "half" };
    const request = new Request("http://localhost:3000/api/v1/uploads?project=red", init);
    return handler(request, { params: Promise.resolve({}) });
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const third = await upload(ben, "red");
  expect([third.status, third.headers.get("retry-after")]).toEqual([429, "10"]);
  for (const end of endings) end();
  expect((await Promise.all(slow)).map((one) => one.status)).toEqual([400, 400]);
  expect((await upload(ben, "red")).status).toBe(422);
});

it("uploads a minute are limited", async () => {
  resetRateLimits();
  const statuses = new Set<number>();
  for (let round = 0; round < 31; round += 1) statuses.add((await upload(ann, "red")).status);
  expect(statuses).toContain(429);
});
