import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import { execute, inTransaction, query } from "@/lib/platform/db";
import { created, keepReply, resetRateLimits, route } from "@/lib/platform/http";
import type { TestDatabase } from "../support/database";
import { echoRoute } from "../support/echo";
import { call, makePerson, type TestPerson, useTestPortal } from "../support/portal";

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
    expect(calls()).toBe(1);
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
    expect(calls()).toBe(1);
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
      await inTransaction(async (tx) => {
        await tx.client.query("INSERT INTO setting (key, value, updated_at) VALUES ($1, '1', now())", [
          `made.${id}`,
        ]);
        if (keeps) await keepReply(tx, { status: 201, body: { id } });
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

  it("lets no one commit whose claim was taken over", async () => {
    await begin(null, false);
    const overtaken = route({
      authenticated: true,
      summary: "Overtaken",
      tags: ["Test"],
      handler: async () => {
        await execute("UPDATE idempotency_record SET claim_id = 'another' WHERE key = 'die-4'");
        await inTransaction(async (tx) => {
          await tx.prisma.setting.create({ data: { key: "made.late", value: 1 } });
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
