import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { refused } from "@/lib/platform/auth";
import { listResponse, otherMethods, pageQuery, resetRateLimits, route } from "@/lib/platform/http";
import type { TestDatabase } from "../support/database";
import { echoRoute } from "../support/echo";
import { linesLoggedBy } from "../support/log-lines";
import { call, makePerson, makeToken, type TestPerson, useTestPortal } from "../support/portal";

let database: TestDatabase;
let admin: TestPerson;

beforeAll(async () => {
  database = await useTestPortal();
  admin = await makePerson("admin", { orgRole: "admin" });
});
afterEach(() => {
  forget();
  resetRateLimits();
});
afterAll(async () => await database.drop());

const { echo, calls, forget } = echoRoute();
const failing = route({
  authenticated: true,
  summary: "Fail",
  tags: ["Test"],
  schemas: { query: z.object({ how: z.string() }) },
  handler: ({ query }) => {
    if (query.how === "app")
      throw new AppError("quota_exceeded", "Full.", { detail: { left: 0, status: 999 } });
    throw new Error("password=hunter2 in a stack");
  },
});

const reading = route({
  authenticated: true,
  summary: "Read",
  tags: ["Test"],
  schemas: { query: z.object({ text: z.string() }) },
  handler: ({ query, body }) => ({ text: query.text, body: body ?? null }),
});

describe("route()", () => {
  it("hands on only the fields of its schema", async () => {
    const sent = { name: "xy", orgRole: "admin", projectId: "prj_1", call: 99, constructor: { evil: true } };
    const { status, body } = await call(echo, { token: admin.token, body: sent });
    expect([status, body]).toEqual([201, { name: "xy", call: 1 }]);
    const proto = await call(echo, { token: admin.token, raw: '{"name": "xy", "__proto__": {"size": 7}}' });
    expect(proto.body).toEqual({ name: "xy", call: 2 });
    expect(({} as { size?: number }).size).toBeUndefined();
    const inside = await call(echo, { token: admin.token, raw: '{"name": "xy", "map": {"__proto__": 1}}' });
    expect([inside.status, inside.body.errors[0].path]).toEqual([422, "map.__proto__"]);
  });

  it("refuses a number whose digits would be lost, and names it", async () => {
    for (const text of ["9007199254740993", "1e400", "0.12345678901234567890"]) {
      const raw = `{"name": "xy", "list": [1, ${text}]}`;
      const { status, body } = await call(echo, { token: admin.token, raw });
      expect([status, body.code, body.errors[0].path]).toEqual([422, "validation_failed", "list.1"]);
      expect(body.detail).toContain(`${text} would be read as`);
    }
    const exact = '{"name": "xy", "big": 9007199254740991, "text": "9007199254740993", "small": 0.1}';
    expect((await call(echo, { token: admin.token, raw: exact })).status).toBe(201);
  });

  it("refuses query parameters that it does not read, and names those it does", async () => {
    const token = admin.token;
    const misspelt = await call(reading, { token, path: "/api/v1/test?text=a&tetx=b" });
    expect([misspelt.status, misspelt.body.errors[0].path]).toEqual([422, "tetx"]);
    expect(misspelt.body.detail).toBe('Unknown query parameter "tetx"; known parameters: text, format.');
    const none = await call(echo, { token, path: "/api/v1/test?dry=true", body: { name: "xy" } });
    expect([none.status, none.body.errors[0].path]).toEqual([422, "dry"]);
    const format = await call(reading, { token, path: "/api/v1/test?text=a&format=xml" });
    expect([format.status, format.body.errors[0].path]).toEqual([422, "format"]);
    expect((await call(reading, { token, path: "/api/v1/test?text=a&format=json" })).status).toBe(200);
  });

  it("gives no body to a handler without a schema for one", async () => {
    const path = "/api/v1/test?text=a";
    const { body } = await call(reading, { token: admin.token, path, body: { admin: true } });
    expect(body).toEqual({ text: "a", body: null });
  });

  it("decodes what it is asked once, and judges what came of it", async () => {
    const token = admin.token;
    const twice = await call(reading, { token, path: "/api/v1/test?text=%253Cb%253E%2500" });
    expect(twice.body.text).toBe("%3Cb%3E%00");
    const once = await call(reading, { token, path: "/api/v1/test?text=a%00" });
    expect([once.status, once.body.errors[0].path]).toEqual([422, "text"]);
  });

  it("refuses a parameter that is given twice", async () => {
    const path = "/api/v1/test?text=mine&text=theirs";
    const { status, body } = await call(reading, { token: admin.token, path });
    expect([status, body.code, body.errors[0].path]).toEqual([422, "validation_failed", "text"]);
  });

  it("wants exactly one way in", () => {
    const base = { summary: "x", tags: [], handler: () => ({}) };
    expect(() => route(base)).toThrow(/way in/);
    expect(() => route({ ...base, public: true, authenticated: true })).toThrow(/way in/);
  });

  it("tells malformed bodies from wrong values, field by field", async () => {
    const token = admin.token;
    const broken = await call(echo, { token, raw: "{" });
    expect([broken.status, broken.body.code]).toEqual([400, "invalid_request"]);
    const missing = await call(echo, { token, method: "POST" });
    expect([missing.status, missing.body.code]).toEqual([400, "invalid_request"]);
    const wrong = await call(echo, { token, body: { name: "x", size: 1.5 } });
    expect([wrong.status, wrong.body.code]).toEqual([422, "validation_failed"]);
    expect(wrong.body.errors.map((one: { path: string }) => one.path)).toEqual(["name", "size"]);
    const large = await call(echo, { token, body: { name: "x".repeat(1_100_000) } });
    expect([large.status, large.body.code]).toEqual([413, "payload_too_large"]);
    const form = await call(echo, { token, raw: "a=b", headers: { "content-type": "text/plain" } });
    expect([form.status, form.body.code]).toEqual([415, "unsupported_media_type"]);
    expect(calls()).toBe(0);
  });

  it("refuses what no database column can keep, and what is nested too deep, wherever it stands", async () => {
    const token = admin.token;
    const nul = await call(echo, { token, body: { name: "a\u0000b" } });
    expect([nul.status, nul.body.errors[0].path]).toEqual([422, "name"]);
    const half = await call(echo, { token, raw: '{"name": "ok", "extra": ["\\ud800"]}' });
    expect([half.status, half.body.errors[0].path]).toEqual([422, "extra.0"]);
    const inQuery = await call(failing, { token, path: "/api/v1/x?how=%00" });
    expect([inQuery.status, inQuery.body.errors[0].path]).toEqual([422, "how"]);
    const inPath = await call(failing, { token, path: "/api/v1/x?how=app", params: { id: "\0" } });
    expect(inPath.status).toBe(422);
    const deep = `{"name": "ok", "deep": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    const nested = await call(echo, { token, raw: deep });
    expect([nested.status, nested.body.code]).toEqual([400, "invalid_request"]);
    expect(calls()).toBe(0);
  });

  it("takes no body for an empty one where nothing has to be in it", async () => {
    const optional = route({
      authenticated: true,
      summary: "Optional",
      tags: ["Test"],
      schemas: { body: z.object({ note: z.string().default("none") }) },
      handler: ({ body }) => body,
    });
    const { status, body } = await call(optional, { token: admin.token, method: "POST" });
    expect([status, body]).toEqual([200, { note: "none" }]);
  });

  it("answers a method that an address does not have with a problem that names the others", async () => {
    const { PUT } = otherMethods("GET", "POST");
    const { status, headers, body } = await call(PUT, { method: "PUT" });
    expect([status, body.code]).toEqual([405, "method_not_allowed"]);
    expect(headers.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
  });

  it("writes down every refusal once: closed doors, small tokens, wrong tokens, foreign origins", async () => {
    const guarded = route({
      permission: "user.manage",
      summary: "Guarded",
      tags: ["Test"],
      handler: () => ({}),
    });
    const own = route({
      authenticated: true,
      summary: "Own rule",
      tags: ["Test"],
      handler: async ({ actor }) => {
        throw await refused(actor, "thing.do", { objectId: "thing_1" }, new AppError("forbidden", "No."));
      },
    });
    const nobody = await makePerson("nobody-special");
    const reader = await makeToken(nobody.id, ["read"]);
    const audit = async (work: () => Promise<{ status: number }>) => {
      const { rows: before } = await database.pool.query(
        "SELECT coalesce(max(seq), 0) AS seq FROM audit_event",
      );
      const { status } = await work();
      const { rows } = await database.pool.query(
        "SELECT action, object_id AS object, actor_id AS actor FROM audit_event WHERE outcome = 'denied' AND seq > $1",
        [before[0].seq],
      );
      return { status, rows };
    };
    const who = nobody.id;
    expect(await audit(() => call(guarded, { token: nobody.token, method: "POST" }))).toEqual({
      status: 403,
      rows: [{ action: "user.manage", object: "POST /api/v1/test", actor: who }],
    });
    expect(await audit(() => call(echo, { token: reader, body: { name: "xy" } }))).toEqual({
      status: 403,
      rows: [{ action: "account.use", object: "POST /api/v1/test", actor: who }],
    });
    expect(await audit(() => call(own, { token: nobody.token, method: "POST" }))).toEqual({
      status: 403,
      rows: [{ action: "thing.do", object: "thing_1", actor: who }],
    });
    expect(await audit(() => call(guarded, { token: "rst_wrong" }))).toEqual({
      status: 401,
      rows: [{ action: "user.manage", object: "GET /api/v1/test", actor: null }],
    });
    expect((await audit(() => call(guarded, { method: "POST" }))).rows).toHaveLength(1);
    expect(await audit(() => call(guarded))).toEqual({
      status: 401,
      rows: [{ action: "user.manage", object: "GET /api/v1/test", actor: null }],
    });
    expect(await audit(() => call(guarded)), "a repeat is counted").toEqual({ status: 401, rows: [] });
  });

  it("answers problems with the request id and never leaks an unexpected error", async () => {
    const token = admin.token;
    const app = await call(failing, {
      token,
      path: "/api/v1/x?how=app",
      headers: { "x-request-id": "trace-12345" },
    });
    expect(app.status).toBe(422);
    expect(app.headers.get("content-type")).toBe("application/problem+json");
    expect(app.headers.get("x-request-id")).toBe("trace-12345");
    expect(app.body).toMatchObject({
      code: "quota_exceeded",
      status: 422,
      left: 0,
      requestId: "trace-12345",
    });
    const path = "/api/v1/x?how=other";
    const answers: Awaited<ReturnType<typeof call>>[] = [];
    const logged = await linesLoggedBy(async () => {
      answers.push(await call(failing, { token, path, headers: { "x-request-id": "<script>" } }));
    });
    const [other] = answers;
    if (!other) throw new Error("no answer");
    expect(other.status).toBe(500);
    const line = logged.map((text) => JSON.parse(text)).find((one) => one.requestId === other.body.requestId);
    expect(line).toMatchObject({ level: "error", msg: "a request failed", method: "GET" });
    expect(other.body.requestId).toMatch(/^http_/);
    expect(JSON.stringify(other.body)).not.toContain("hunter2");
    expect(other.headers.get("cache-control")).toBe("no-store");
  });

  it("limits a runaway client and says when to come back", async () => {
    const tight = route({
      authenticated: true,
      summary: "Tight",
      tags: ["Test"],
      rateLimit: { points: 2, perSeconds: 30 },
      handler: () => ({ ok: true }),
    });
    const statuses = [];
    for (let index = 0; index < 3; index += 1)
      statuses.push((await call(tight, { token: admin.token })).status);
    expect(statuses).toEqual([200, 200, 429]);
    const { headers, body } = await call(tight, { token: admin.token });
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(body.code).toBe("rate_limited");
    expect(headers.get("ratelimit-limit")).toBe("2");
    expect(headers.get("ratelimit-remaining")).toBe("0");
  });

  it("tells a client what is left of its allowance, with answers and with problems", async () => {
    const first = await call(echo, { token: admin.token, body: { name: "xy" } });
    const second = await call(echo, { token: admin.token, raw: "{" });
    expect([first.status, second.status]).toEqual([201, 400]);
    expect(first.headers.get("ratelimit-limit")).toBe("3000");
    const left = (answer: typeof first) => Number(answer.headers.get("ratelimit-remaining"));
    expect(left(first) - left(second)).toBe(1);
    expect(Number(first.headers.get("ratelimit-reset"))).toBeGreaterThan(0);
  });

  it("answers a database that is away as unavailable", async () => {
    const away = route({
      authenticated: true,
      summary: "Away",
      tags: ["Test"],
      handler: () => {
        throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
      },
    });
    const { status, body } = await call(away, { token: admin.token });
    expect([status, body.code]).toEqual([503, "unavailable"]);
  });
});

describe("lists", () => {
  const list = route({
    authenticated: true,
    summary: "List",
    tags: ["Test"],
    schemas: { query: pageQuery },
    response: listResponse(z.object({ id: z.number(), note: z.string() })),
    handler: ({ query }) => {
      const from = Number(query.cursor ?? 0);
      const items = Array.from({ length: Math.min(query.limit, 450 - from) }, (_, index) => ({
        id: from + index,
        note: "=cmd()",
      }));
      const next = from + items.length;
      return { items, nextCursor: next < 450 ? String(next) : null };
    },
  });

  it("are CSV where that is asked for, all pages of them", async () => {
    const { status, headers, body } = await call(list, {
      token: admin.token,
      path: "/api/v1/things?limit=10",
      headers: { accept: "text/csv" },
    });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toContain("text/csv");
    expect(headers.get("content-disposition")).toContain("things.csv");
    const lines = body.trim().split("\r\n");
    expect(lines).toHaveLength(451);
    expect(lines[1]).toBe("0,'=cmd()");
  });

  it("answers other than documented fail the tests", async () => {
    const liar = route({
      authenticated: true,
      summary: "Liar",
      tags: ["Test"],
      response: z.object({ id: z.string() }),
      handler: () => ({ id: 5 }),
    });
    expect((await call(liar, { token: admin.token })).status).toBe(500);
  });
});
