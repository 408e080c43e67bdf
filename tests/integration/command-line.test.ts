import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as me } from "@/app/api/v1/me/route";
import { GET as members } from "@/app/api/v1/projects/[id]/members/route";
import { GET as project } from "@/app/api/v1/projects/[id]/route";
import { DELETE as endSessions } from "@/app/api/v1/users/[id]/sessions/route";
import { admin$ } from "../support/admin";
import type { TestDatabase } from "../support/database";
import { useOrganization } from "../support/organization";
import { call, makeToken, type TestPerson } from "../support/portal";

let database: TestDatabase;
let admin: TestPerson;
let owner: TestPerson;
let stranger: TestPerson;

beforeAll(async () => {
  ({ database, admin, owner, stranger } = await useOrganization());
});
afterAll(async () => await database.drop());

describe("the command line", () => {
  it("makes people, tokens that are printed alone, projects and members", async () => {
    const [made, shown] = await admin$("user", "create", "--email", "Cli@test.example", "--role", "finance");
    expect(made).toMatch(/^usr_\w+ {2}cli@test\.example {2}finance$/);
    expect(shown).toMatch(/^Password \(shown only once\): [\w-]{22}$/);
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
    await expect(admin$("token", "create", "--email", owner.email)).rejects.toThrow(
      "Missing option: --scopes",
    );
    await expect(admin$("token", "create", "--email", owner.email, "--scopes", "root")).rejects.toThrow(
      /Unknown scope: root/,
    );
    await expect(admin$("token", "create", "--email", "x@y.z", "--scopes", "read")).rejects.toThrow(
      /User not found/,
    );
    await expect(admin$("user", "create", "--email", owner.email)).rejects.toThrow(/already exists/);
    await expect(admin$("user", "create", "--email", "rubbish")).rejects.toThrow(/email address/);
    await expect(admin$("user", "creat")).rejects.toThrow(/Unknown command/);
    expect(await makeToken(owner.id, ["read"])).toMatch(/^rst_/);
  });
});
