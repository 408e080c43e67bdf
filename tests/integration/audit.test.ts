import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as auditList } from "@/app/api/v1/audit/route";
import { POST as auditVerify } from "@/app/api/v1/audit/verify/route";
import { POST as createCostCenter } from "@/app/api/v1/cost-centers/route";
import { DELETE as removeMember } from "@/app/api/v1/projects/[id]/members/[userId]/route";
import { POST as addMember } from "@/app/api/v1/projects/[id]/members/route";
import { PATCH as patchProject } from "@/app/api/v1/projects/[id]/route";
import { POST as createProject } from "@/app/api/v1/projects/route";
import { POST as createToken } from "@/app/api/v1/tokens/route";
import { query } from "@/lib/platform/db";
import { resetRateLimits } from "@/lib/platform/http";
import type { TestDatabase } from "../support/database";
import { useOrganization } from "../support/organization";
import { call, makePerson, type TestPerson } from "../support/portal";

let database: TestDatabase;
let admin: TestPerson;
let owner: TestPerson;
let stranger: TestPerson;

beforeAll(async () => {
  ({ database, admin, owner, stranger } = await useOrganization());
  await makeHistory();
});
afterAll(async () => await database.drop());

/** A project's beginnings, and two refusals of a stranger. */
async function makeHistory(): Promise<void> {
  const dev = await makePerson("dev");
  const params = { id: "payments" };
  const center = { code: "CC-1", name: "Research" };
  const body = { slug: "payments", name: "Payments", costCenter: "CC-1", owner: owner.email };
  const member = { user: dev.email, role: "developer" };
  const patch = { method: "PATCH", params, body: { maxLeaseDays: 30 } };
  const statuses = [
    await call(createCostCenter, { token: admin.token, body: center }),
    await call(createProject, { token: admin.token, body }),
    await call(patchProject, { ...patch, token: admin.token }),
    await call(addMember, { token: owner.token, params, body: member }),
    await call(removeMember, { token: owner.token, method: "DELETE", params: { ...params, userId: dev.id } }),
    await call(addMember, { token: stranger.token, params, body: member }),
    await call(patchProject, { ...patch, token: stranger.token }),
    await call(createToken, { token: owner.token, body: { name: "ci", scopes: ["read"] } }),
  ].map((answer) => answer.status);
  expect(statuses).toEqual([201, 201, 200, 201, 204, 403, 403, 201]);
}

describe("the audit", () => {
  const verify = async () => (await call(auditVerify, { token: admin.token, method: "POST" })).body;
  const alter = async (sql: string, params: unknown[] = []) => {
    const client = await database.pool.connect();
    try {
      // What only someone with the database's own superuser could do.
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
    const whole = await call(auditList, { token: admin.token, path: "/api/v1/audit?limit=200" });
    expect(whole.body.items.length).toBeGreaterThanOrEqual(8);
    expect(csv.body.trim().split("\r\n")).toHaveLength(1 + whole.body.items.length);
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
    const [written] = await query<{ count: number }>("SELECT count(*)::int AS count FROM audit_event");
    expect(written?.count).toBeGreaterThanOrEqual(28);
    expect(await verify()).toMatchObject({ ok: true, brokenSeq: null, checked: written?.count });
  });

  it("refuses changes even to its owner, and verifying names one made past the guard", async () => {
    await expect(database.pool.query("UPDATE audit_event SET action = 'x'")).rejects.toThrow(/never changed/);
    await expect(database.pool.query("DELETE FROM audit_event")).rejects.toThrow(/never changed/);
    await expect(database.pool.query("TRUNCATE audit_event")).rejects.toThrow(/never changed/);
    await expect(database.pool.query("DELETE FROM audit_seal")).rejects.toThrow(/never changed/);
    await expect(database.pool.query("TRUNCATE audit_seal")).rejects.toThrow(/never changed/);
    const rows = await query<{ seq: bigint; actor_label: string }>(
      "SELECT seq, actor_label FROM audit_event ORDER BY seq",
    );
    const middle = rows[Math.floor(rows.length / 2)];
    await alter("UPDATE audit_event SET actor_label = 'somebody else' WHERE seq = $1", [middle?.seq]);
    resetRateLimits();
    expect(await verify()).toMatchObject({
      ok: false,
      brokenSeq: Number(middle?.seq),
      problems: [{ check: "chain", seq: Number(middle?.seq) }],
    });
    await alter("UPDATE audit_event SET actor_label = $2 WHERE seq = $1", [middle?.seq, middle?.actor_label]);
    expect((await verify()).ok).toBe(true);
  });
});
