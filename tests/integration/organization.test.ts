import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as audit } from "@/app/api/v1/audit/route";
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
import { GET as users } from "@/app/api/v1/users/route";
import { auditSubjects } from "@/components/admin/audit-looks";
import { notify } from "@/lib/features/notifications";
import { pooled, query } from "@/lib/platform/db";
import type { TestDatabase } from "../support/database";
import { useOrganization } from "../support/organization";
import { call, makePerson, type TestPerson } from "../support/portal";

let database: TestDatabase;
let admin: TestPerson;
let owner: TestPerson;
let stranger: TestPerson;

beforeAll(async () => {
  ({ database, admin, owner, stranger } = await useOrganization());
});
afterAll(async () => await database.drop());

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
    const [prefix] = auditSubjects.find(([, label]) => label === "Members") ?? [];
    const events = await call(audit, { token: admin.token, path: `/api/v1/audit?action=${prefix}` });
    expect(events.body.items.map((one: { action: string }) => one.action)).toEqual([
      ...["project.member.remove", "project.member.role", "project.member.add"],
    ]);
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
    await notify(pooled, {
      kind: "run.failed",
      subjectId: owner.id,
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
