import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { refused } from "@/lib/platform/auth";
import { execute, query, withSqlTransaction, withTransaction } from "@/lib/platform/db";
import {
  created,
  keepReply,
  listResponse,
  otherMethods,
  pageQuery,
  resetRateLimits,
  route,
} from "@/lib/platform/http";
import type { TestDatabase } from "../support/database";
import { call, makePerson, makeToken, type TestPerson, useTestPortal } from "../support/portal";

let database: TestDatabase;
let admin: TestPerson;
let calls = 0;

beforeAll(async () => {
  database = await useTestPortal();
  admin = await makePerson("admin", { orgRole: "admin" });
});
afterEach(() => {
  calls = 0;
  resetRateLimits();
});
afterAll(async () => await database.drop());

const echo = route({
  authenticated: true,
  summary: "Echo",
  tags: ["Test"],
  schemas: { body: z.object({ name: z.string().min(2), size: z.number().int().optional() }) },
  handler: async ({ body }) => {
    calls += 1;
    return created({ ...body, call: calls });
  },
});
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

describe("route()", () => {
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
    expect(calls).toBe(0);
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
    expect(calls).toBe(0);
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
    expect(await audit(() => call(guarded))).toEqual({ status: 401, rows: [] });
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
    const other = await call(failing, {
      token,
      path: "/api/v1/x?how=other",
      headers: { "x-request-id": "<script>" },
    });
    expect(other.status).toBe(500);
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

describe("Idempotency-Key", () => {
  const send = async (key: string, name: string, token = admin.token) =>
    await call(echo, { token, body: { name }, headers: { "idempotency-key": key } });

  it("replays the first answer, and refuses another body under the same key", async () => {
    const first = await send("key-1", "first");
    const again = await send("key-1", "first");
    expect(first.status).toBe(201);
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    const other = await send("key-1", "other");
    expect([other.status, other.body.code]).toEqual([409, "idempotency_mismatch"]);
    expect(calls).toBe(1);
  });

  it("keeps stored answers sealed and keys apart per person", async () => {
    await send("key-2", "very-secret-answer");
    const { rows } = await database.pool.query(
      "SELECT body::text AS body FROM idempotency_record WHERE key = 'key-2'",
    );
    expect(rows[0].body).not.toContain("very-secret-answer");
    const stranger = await makePerson("other");
    expect((await send("key-2", "somebody else", stranger.token)).status).toBe(201);
  });

  it("runs the handler once for twenty at the same time", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send("key-3", "race")));
    expect(new Set(answers.map((one) => JSON.stringify(one.body))).size).toBe(1);
    expect(calls).toBe(1);
  });

  it("lets a failed write be tried again, and takes over from a process that died", async () => {
    let fail = true;
    const flaky = route({
      authenticated: true,
      summary: "Flaky",
      tags: ["Test"],
      handler: () => {
        if (fail) throw new AppError("conflict", "Not now.");
        return { ok: true };
      },
    });
    const options = { token: admin.token, method: "POST", headers: { "idempotency-key": "key-4" } };
    expect((await call(flaky, options)).status).toBe(409);
    fail = false;
    expect((await call(flaky, options)).status).toBe(200);
    await execute(
      "UPDATE idempotency_record SET status = NULL, created_at = now() - interval '3 min' WHERE key = 'key-4'",
    );
    expect((await call(flaky, options)).status).toBe(200);
    const bad = await call(flaky, { ...options, headers: { "idempotency-key": "with space" } });
    expect(bad.status).toBe(400);
  });
});

describe("Idempotency-Key and a process that dies", () => {
  /** A write that changes something in a transaction; told to, it "dies" at one of two moments. */
  let dies: "before commit" | "after commit" | null = null;
  let keeps = false;
  const write = route({
    authenticated: true,
    summary: "Write",
    tags: ["Test"],
    handler: async () => {
      const id = randomUUID();
      await withSqlTransaction(async (client) => {
        await client.query("INSERT INTO setting (key, value, updated_at) VALUES ($1, '1', now())", [
          `made.${id}`,
        ]);
        if (keeps) await keepReply(client, { status: 201, body: { id } });
        if (dies === "before commit") throw new Error("gone");
      });
      if (dies === "after commit") throw new Error("gone");
      return created({ id });
    },
  });
  const made = async () => (await query("SELECT 1 FROM setting WHERE key LIKE 'made.%'")).length;
  const send = async (key: string) =>
    await call(write, { token: admin.token, method: "POST", headers: { "idempotency-key": key } });
  const begin = async (what: typeof dies, withReply: boolean) => {
    await execute("DELETE FROM setting WHERE key LIKE 'made.%'");
    dies = what;
    keeps = withReply;
  };

  it("does again what was rolled back", async () => {
    await begin("before commit", true);
    expect((await send("die-1")).status).toBe(500);
    dies = null;
    expect((await send("die-1")).status).toBe(201);
    expect(await made()).toBe(1);
  });

  it("answers what was committed with the answer that was committed with it", async () => {
    await begin("after commit", true);
    expect((await send("die-2")).status).toBe(500);
    dies = null;
    const again = await send("die-2");
    expect(again.status).toBe(201);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await query("SELECT 1 FROM setting WHERE key = $1", [`made.${again.body.id}`])).toHaveLength(1);
    expect(await made()).toBe(1);
  });

  it("never does a committed write again, even when its answer is lost", async () => {
    await begin("after commit", false);
    expect((await send("die-3")).status).toBe(500);
    dies = null;
    const again = await send("die-3");
    expect([again.status, again.body.code]).toEqual([409, "conflict"]);
    expect(await made()).toBe(1);
  });

  it("lets nobody commit whose claim was taken over", async () => {
    await begin(null, false);
    const overtaken = route({
      authenticated: true,
      summary: "Overtaken",
      tags: ["Test"],
      handler: async () => {
        await execute("UPDATE idempotency_record SET claim_id = 'another' WHERE key = 'die-4'");
        await withTransaction(async (tx) => {
          await tx.setting.create({ data: { key: "made.late", value: 1 } });
        });
        return {};
      },
    });
    const late = await call(overtaken, {
      token: admin.token,
      method: "POST",
      headers: { "idempotency-key": "die-4" },
    });
    expect([late.status, late.body.code]).toEqual([409, "conflict"]);
    expect(await made()).toBe(0);
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
