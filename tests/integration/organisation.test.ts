import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as auditList } from "@/app/api/v1/audit/route";
import { POST as auditVerify } from "@/app/api/v1/audit/verify/route";
import { GET as costCenters, POST as createCostCenter } from "@/app/api/v1/cost-centers/route";
import { GET as me } from "@/app/api/v1/me/route";
import { POST as readAll } from "@/app/api/v1/notifications/read-all/route";
import { GET as notifications } from "@/app/api/v1/notifications/route";
import { DELETE as removeMember, PATCH as setRole } from "@/app/api/v1/projects/[id]/members/[userId]/route";
import { POST as addMember, GET as members } from "@/app/api/v1/projects/[id]/members/route";
import { PATCH as patchProject, GET as project } from "@/app/api/v1/projects/[id]/route";
import { POST as createProject, GET as projects } from "@/app/api/v1/projects/route";
import { DELETE as revokeToken } from "@/app/api/v1/tokens/[id]/route";
import { POST as createToken, GET as tokens } from "@/app/api/v1/tokens/route";
import { DELETE as endSessions } from "@/app/api/v1/users/[id]/sessions/route";
import { GET as users } from "@/app/api/v1/users/route";
import { notify } from "@/lib/features/notifications";
import { findCommand } from "@/lib/platform/command-line";
import { getPool, query } from "@/lib/platform/db";
import { resetRateLimits } from "@/lib/platform/http";
import { adminCommands } from "@/scripts/admin-commands";
import type { TestDatabase } from "../support/database";
import { call, makePerson, makeToken, type TestPerson, useTestPortal } from "../support/portal";

let database: TestDatabase;
let admin: TestPerson;
let owner: TestPerson;
let stranger: TestPerson;

beforeAll(async () => {
  database = await useTestPortal();
  admin = await makePerson("admin", { orgRole: "admin" });
  owner = await makePerson("owner");
  stranger = await makePerson("stranger");
});
afterAll(async () => await database.drop());

async function admin$(...argv: string[]): Promise<string[]> {
  const { command, values, positionals } = findCommand(adminCommands, argv);
  const lines: string[] = [];
  await command.run({ values, positionals, print: (line) => lines.push(line) });
  return lines;
}

describe("projects", () => {
  it("are made with their limits, seen by members and unknown to strangers", async () => {
    const center = await call(createCostCenter, {
      token: admin.token,
      body: { code: "CC-1", name: "Research" },
    });
    expect(center.status).toBe(201);
    const made = await call(createProject, {
      token: admin.token,
      body: {
        slug: "payments",
        name: "Payments",
        costCenter: "CC-1",
        owner: owner.email,
        budgetMonthly: "250.50",
        approvalLimit: 100,
        quotaCpu: 8,
        quotaMemoryBytes: 2 ** 34,
      },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      budgetMonthly: "250.5",
      approvalLimit: "100",
      quotaMemoryBytes: 2 ** 34,
      quotaStorageBytes: null,
      members: 1,
      costCenter: { code: "CC-1" },
    });
    const again = await call(createProject, {
      token: admin.token,
      body: { slug: "payments", name: "x", costCenter: "CC-1" },
    });
    expect([again.status, again.body.errors[0].path]).toEqual([409, "slug"]);
    const unknown = await call(createProject, {
      token: admin.token,
      body: { slug: "other", name: "x", costCenter: "CC-9" },
    });
    expect([unknown.status, unknown.body.errors[0].path]).toEqual([422, "costCenter"]);
    const mine = await call(project, { token: owner.token, params: { id: "payments" } });
    expect(mine.body.myRole).toBe("owner");
    const [foreign, missing] = await Promise.all([
      call(project, { token: stranger.token, params: { id: "payments" } }),
      call(project, { token: stranger.token, params: { id: "no-such" } }),
    ]);
    expect([foreign.status, missing.status]).toEqual([404, 404]);
    expect(foreign.body.detail).toBe(missing.body.detail);
    expect((await call(projects, { token: stranger.token })).body.items).toEqual([]);
    expect((await call(costCenters, { token: stranger.token })).body.items).toEqual([]);
    const changed = await call(patchProject, {
      token: admin.token,
      method: "PATCH",
      params: { id: "payments" },
      body: { budgetMonthly: null, maxLeaseDays: 30 },
    });
    expect(changed.body).toMatchObject({ budgetMonthly: null, maxLeaseDays: 30, approvalLimit: "100" });
    expect(
      (
        await call(patchProject, {
          token: owner.token,
          method: "PATCH",
          params: { id: "payments" },
          body: { name: "x" },
        })
      ).status,
    ).toBe(403);
  });

  it("have members whom owners manage", async () => {
    const dev = await makePerson("dev");
    const params = { id: "payments" };
    const add = (token: string) =>
      call(addMember, { token, params, body: { user: dev.email, role: "developer" } });
    expect((await add(stranger.token)).status).toBe(403);
    expect((await add(owner.token)).status).toBe(201);
    expect((await add(owner.token)).status).toBe(409);
    expect((await add(dev.token)).status).toBe(403);
    const role = {
      token: owner.token,
      method: "PATCH",
      params: { ...params, userId: dev.id },
      body: { role: "viewer" },
    };
    expect((await call(setRole, role)).status).toBe(204);
    const listed = await call(members, { token: dev.token, params });
    expect(listed.body.items.map((one: { role: string }) => one.role)).toEqual(["viewer", "owner"]);
    const remove = { token: owner.token, method: "DELETE", params: { ...params, userId: dev.id } };
    expect((await call(removeMember, remove)).status).toBe(204);
    expect((await call(members, { token: dev.token, params })).status).toBe(404);
  });

  it("page without losing or repeating anybody", async () => {
    for (let index = 0; index < 7; index += 1) await makePerson(`same-${index % 2}-${index}`);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const at: string = cursor ? `&cursor=${cursor}` : "";
      const page = await call(users, { token: admin.token, path: `/api/v1/users?limit=3&q=same${at}` });
      seen.push(...page.body.items.map((one: { name: string }) => one.name));
      cursor = page.body.nextCursor;
    } while (cursor);
    expect(seen).toHaveLength(7);
    expect([...seen].sort()).toEqual(seen);
  });
});

describe("tokens", () => {
  it("show themselves once, work, and end at once", async () => {
    const made = await call(createToken, {
      token: owner.token,
      body: { name: "ci", scopes: ["read", "write"] },
    });
    expect(made.status).toBe(201);
    expect((await call(me, { token: made.body.token })).body.scopes).toEqual(["read", "write"]);
    const listed = await call(tokens, { token: owner.token });
    expect(JSON.stringify(listed.body)).not.toContain(made.body.token);
    const rows = await query<{ text: string }>("SELECT to_jsonb(t)::text AS text FROM api_token t");
    expect(rows.some((row) => row.text.includes(made.body.token))).toBe(false);
    const more = await call(createToken, {
      token: made.body.token,
      body: { name: "more", scopes: ["admin"] },
    });
    expect(more.status).toBe(403);
    const [parent] = await query<{ expires: Date }>(
      `SELECT expires_at AS expires FROM api_token WHERE id = $1`,
      [made.body.id],
    );
    for (const expiresInDays of [366, null]) {
      const child = await call(createToken, {
        token: made.body.token,
        body: { name: "longer", scopes: ["read"], expiresInDays },
      });
      expect(child.body.expiresAt).toBe(parent?.expires.toISOString());
    }
    const revoke = (token: string) =>
      call(revokeToken, { token, method: "DELETE", params: { id: made.body.id } });
    expect((await revoke(stranger.token)).status).toBe(404);
    expect((await revoke(owner.token)).status).toBe(204);
    expect((await call(me, { token: made.body.token })).status).toBe(401);
  });
});

describe("notifications", () => {
  it("are one's own, and counted", async () => {
    await notify(getPool(), {
      userIds: [owner.id, owner.id],
      kind: "test",
      title: "Something happened.",
      href: "/x",
    });
    expect((await call(notifications, { token: stranger.token })).body.items).toEqual([]);
    const mine = await call(notifications, { token: owner.token, path: "/api/v1/notifications?unread=true" });
    expect(mine.body.items).toMatchObject([{ title: "Something happened.", readAt: null }]);
    expect((await call(me, { token: owner.token })).body.unreadNotifications).toBe(1);
    expect((await call(readAll, { token: owner.token, method: "POST" })).body).toEqual({ marked: 1 });
    expect((await call(me, { token: owner.token })).body.unreadNotifications).toBe(0);
  });
});

describe("the audit", () => {
  const verify = async () => (await call(auditVerify, { token: admin.token, method: "POST" })).body;
  const alter = async (sql: string, params: unknown[] = []) => {
    const client = await database.pool.connect();
    try {
      // What only somebody with the database's own superuser could do.
      await client.query("SET session_replication_role = replica");
      await client.query(sql, params);
    } finally {
      await client.query("RESET session_replication_role");
      client.release();
    }
  };

  it("has one event per mutation, filtered, scoped to what one may read, and no secrets", async () => {
    const all = await call(auditList, {
      token: admin.token,
      path: "/api/v1/audit?action=project.&limit=200",
    });
    const actions = all.body.items.map((one: { action: string }) => one.action);
    for (const action of [
      "project.create",
      "project.update",
      "project.member.add",
      "project.member.remove",
    ]) {
      expect(actions).toContain(action);
    }
    const own = await call(auditList, { token: owner.token, path: "/api/v1/audit?limit=200" });
    expect(own.body.items.length).toBeGreaterThan(3);
    expect(new Set(own.body.items.map((one: { projectId: string }) => one.projectId)).size).toBe(1);
    expect((await call(auditList, { token: stranger.token })).body.items).toEqual([]);
    const denied = await call(auditList, {
      token: admin.token,
      path: `/api/v1/audit?outcome=denied&actorId=${stranger.id}`,
    });
    expect(denied.body.items.length).toBeGreaterThan(1);
    const csv = await call(auditList, { token: admin.token, headers: { accept: "text/csv" } });
    expect(csv.body.split("\r\n").length).toBeGreaterThan(10);
    expect((await call(auditVerify, { token: owner.token, method: "POST" })).status).toBe(403);
  });

  it("is one whole chain even when twenty write at once", async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        call(createToken, {
          token: owner.token,
          body: { name: `race ${index} "quotes" \\ ü\n`, scopes: ["read"] },
        }),
      ),
    );
    const result = await verify();
    expect(result).toMatchObject({ ok: true, brokenSeq: null });
    expect(result.checked).toBeGreaterThan(30);
  });

  it("refuses changes, and notices one made past the guard, a removal and a cut at the end", async () => {
    await expect(database.pool.query("UPDATE audit_event SET action = 'x'")).rejects.toThrow(/never changed/);
    await expect(database.pool.query("DELETE FROM audit_event")).rejects.toThrow(/never changed/);
    await expect(database.pool.query("TRUNCATE audit_event")).rejects.toThrow(/never changed/);
    const rows = await query<{ seq: bigint; actor_label: string }>(
      "SELECT seq, actor_label FROM audit_event ORDER BY seq",
    );
    const middle = rows[Math.floor(rows.length / 2)];
    await alter("UPDATE audit_event SET actor_label = 'somebody else' WHERE seq = $1", [middle?.seq]);
    resetRateLimits();
    expect(await verify()).toMatchObject({ ok: false, brokenSeq: Number(middle?.seq) });
    await expect(admin$("audit", "verify")).rejects.toThrow(/broken at event/);
    await alter("UPDATE audit_event SET actor_label = $2 WHERE seq = $1", [middle?.seq, middle?.actor_label]);
    expect((await verify()).ok).toBe(true);
    await alter("DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event)");
    expect(await verify()).toMatchObject({
      ok: false,
      message: expect.stringContaining("gone from the end"),
    });
    await database.pool.query("DELETE FROM setting WHERE key = 'audit.anchor'");
    await alter("DELETE FROM audit_event WHERE seq = $1", [middle?.seq]);
    const after = rows[Math.floor(rows.length / 2) + 1];
    expect(await verify()).toMatchObject({ ok: false, brokenSeq: Number(after?.seq) });
  });
});

describe("the command line", () => {
  it("makes people, tokens that are printed alone, projects and members", async () => {
    const [made, shown] = await admin$("user", "create", "--email", "Cli@test.example", "--role", "finance");
    expect(made).toMatch(/^usr_\w+ {2}cli@test\.example {2}finance$/);
    expect(shown).toMatch(/^Password \(shown this once\): [\w-]{20}$/);
    const printed = await admin$(
      "token",
      "create",
      "--email",
      "cli@test.example",
      "--scopes",
      "read,write",
      "--days",
      "1",
    );
    expect(printed).toHaveLength(1);
    expect((await call(me, { token: printed[0] })).body).toMatchObject({
      orgRole: "finance",
      scopes: ["read", "write"],
    });
    await admin$(
      "project",
      "create",
      "--slug",
      "from-cli",
      "--owner",
      "cli@test.example",
      "--budget",
      "99.50",
    );
    expect((await admin$("project", "list")).join("\n")).toContain("from-cli");
    await admin$("project", "member", "--project", "from-cli", "--email", stranger.email, "--role", "viewer");
    const listed = await call(members, { token: stranger.token, params: { id: "from-cli" } });
    expect(listed.body.items).toHaveLength(2);
    expect((await admin$("user", "list", "--search", "cli@")).join("\n")).toContain("from-cli:owner");
    expect((await admin$("cloud", "list"))[0]).toContain("NAME");
    await admin$("user", "disable", "--email", "cli@test.example");
    expect((await call(me, { token: printed[0] })).status).toBe(401);
  });

  it("ends sessions and tokens, and sets limits", async () => {
    await admin$("user", "create", "--email", "leaver@x.example");
    const [token = ""] = await admin$("token", "create", "--email", "leaver@x.example", "--scopes", "read");
    expect((await call(me, { token })).status).toBe(200);
    const listed = (await admin$("token", "list", "--email", "leaver@x.example")).join("\n");
    expect(listed).toContain(token.slice(0, 10));
    expect(listed).not.toContain(token);
    const id = /tok_\w+/.exec(listed)?.[0] ?? "";
    await admin$("token", "revoke", "--email", "leaver@x.example", "--id", id);
    expect((await call(me, { token })).status).toBe(401);
    const [second = ""] = await admin$("token", "create", "--email", "leaver@x.example", "--scopes", "read");
    await admin$("user", "sign-out", "--email", "leaver@x.example");
    expect((await call(me, { token: second })).status).toBe(200);
    const { id: userId } = (await call(me, { token: second })).body;
    const ended = await call(endSessions, {
      method: "DELETE",
      token: admin.token,
      params: { id: userId },
      path: "/api/v1/users/x/sessions?tokens=true",
    });
    expect(ended.status).toBe(204);
    expect((await call(me, { token: second })).status).toBe(401);
    const limits = [
      "--quota-cpu",
      "1500m",
      "--quota-memory",
      "2Gi",
      "--budget",
      "99.5",
      "--max-lease-days",
      "7",
    ];
    await admin$("project", "create", "--slug", "limited", ...limits);
    const seen = async () => (await call(project, { token: admin.token, params: { id: "limited" } })).body;
    expect(await seen()).toMatchObject({
      quotaCpu: 1.5,
      quotaMemoryBytes: 2 ** 31,
      budgetMonthly: "99.5",
      maxLeaseDays: 7,
      quotaEnvironments: null,
    });
    await admin$(
      "project",
      "limits",
      "--project",
      "limited",
      "--quota-cpu",
      "none",
      "--quota-environments",
      "3",
    );
    expect(await seen()).toMatchObject({ quotaCpu: null, quotaEnvironments: 3, quotaMemoryBytes: 2 ** 31 });
    await expect(admin$("project", "limits", "--project", "limited")).rejects.toThrow(/at least one/);
    const bad = admin$("project", "limits", "--project", "limited", "--quota-memory", "much");
    await expect(bad).rejects.toThrow(/--quota-memory/);
  });

  it("says clearly what is wrong", async () => {
    await expect(admin$("token", "create", "--email", owner.email)).rejects.toThrow("--scopes is missing");
    await expect(admin$("token", "create", "--email", owner.email, "--scopes", "root")).rejects.toThrow(
      /no scope "root"/,
    );
    await expect(admin$("token", "create", "--email", "x@y.z", "--scopes", "read")).rejects.toThrow(/nobody/);
    await expect(admin$("user", "create", "--email", owner.email)).rejects.toThrow(/exists already/);
    await expect(admin$("user", "create", "--email", "rubbish")).rejects.toThrow(/e-mail address/);
    await expect(admin$("user", "creat")).rejects.toThrow(/no command/i);
    expect(await makeToken(owner.id, ["read"])).toMatch(/^rst_/);
  });
});
