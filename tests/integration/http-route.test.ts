import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { execute } from "@/lib/platform/db";
import { created, listResponse, pageQuery, resetRateLimits, route } from "@/lib/platform/http";
import type { TestDatabase } from "../support/database";
import { call, makePerson, type TestPerson, useTestPortal } from "../support/portal";

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
