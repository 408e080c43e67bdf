import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  can,
  canSomewhere,
  type Grants,
  mayEnter,
  type OrgRole,
  type ProjectRole,
  permissionNames,
  permissions,
  type Scope,
  visibleProjects,
} from "@/lib/kernel/permissions";

function grants(
  orgRole: OrgRole | null,
  projects: Record<string, ProjectRole> = {},
  scopes?: Scope[],
): Grants {
  return { orgRole, projects: new Map(Object.entries(projects)), scopes: scopes ? new Set(scopes) : null };
}

describe("permissions", () => {
  it("gives administrators all and auditors only reading", () => {
    for (const permission of permissionNames) {
      expect(can(grants("admin"), permission), permission).toBe(true);
      if (permissions[permission].scope !== "read")
        expect(can(grants("auditor"), permission), permission).toBe(false);
    }
    expect(can(grants("auditor"), "audit.read")).toBe(true);
    expect(visibleProjects(grants("auditor"))).toBe("all");
  });

  it("keeps a project's role inside the project", () => {
    const dev = grants(null, { a: "developer", b: "viewer" });
    expect(can(dev, "environment.request", { projectId: "a" })).toBe(true);
    expect(can(dev, "environment.request", { projectId: "b" })).toBe(false);
    expect(can(dev, "environment.request", { projectId: "c" })).toBe(false);
    expect(can(dev, "environment.request")).toBe(false);
    expect(canSomewhere(dev, "environment.request")).toBe(true);
    expect(can(dev, "request.decide", { projectId: "a" })).toBe(false);
    expect(visibleProjects(dev, "environment.request")).toEqual(["a"]);
    expect(visibleProjects(dev)).toEqual(["a", "b"]);
  });

  it("lets finance see costs and prices, not environments' insides", () => {
    expect(can(grants("finance"), "cost.read")).toBe(true);
    expect(can(grants("finance"), "price.manage")).toBe(true);
    expect(can(grants("finance"), "environment.read")).toBe(false);
    expect(can(grants("finance"), "user.manage")).toBe(false);
  });

  it("limits a token to its scopes, never beyond the person", () => {
    expect(can(grants("admin", {}, ["read"]), "user.manage")).toBe(false);
    expect(can(grants("admin", {}, ["write"]), "audit.read")).toBe(true);
    expect(can(grants("admin", {}, ["write"]), "request.decide")).toBe(false);
    expect(can(grants("admin", {}, ["approve"]), "request.decide")).toBe(true);
    expect(can(grants(null, {}, ["admin"]), "user.manage")).toBe(false);
    expect(can(grants("admin", {}, []), "catalog.read")).toBe(false);
  });

  it("opens lists to strangers (who find nothing there), but no write and nothing of administrators", () => {
    const stranger = grants(null);
    expect(mayEnter(stranger, "environment.read")).toBe(true);
    expect(visibleProjects(stranger, "environment.read")).toEqual([]);
    for (const permission of permissionNames) {
      if (permissions[permission].scope !== "read")
        expect(mayEnter(stranger, permission), permission).toBe(false);
    }
    expect(mayEnter(stranger, "user.read")).toBe(false);
  });
});

describe("the table of roles and rights in the operator's guide", () => {
  const rows = new Map(
    readFileSync("docs/guides/operating.md", "utf8")
      .split("\n")
      .filter((line) => /^\| `[a-z-]+\.[a-z-]+` \|/.test(line))
      .map((line) => line.slice(2, -2).split(" | "))
      .map(([name = "", ...cells]) => [name.replaceAll("`", ""), cells]),
  );

  it("has every permission, in the code's order", () => {
    expect([...rows.keys()]).toEqual(permissionNames);
  });

  it.each(permissionNames)("says of %s what the code says", (name) => {
    const rule: { org: readonly string[]; project: readonly string[]; scope: string; everyone?: true } =
      permissions[name];
    const [allows = "", ...said] = rows.get(name) ?? [];
    const list = (roles: readonly string[]) => (rule.everyone ? "every user" : roles.join(", ") || "–");
    expect(said).toEqual([list(rule.org), list(rule.project), rule.scope]);
    expect(allows.length).toBeGreaterThan(5);
  });
});

describe("every permission", () => {
  it("is asked for somewhere: one that nothing asks for would be a promise without effect", () => {
    const sources = execFileSync("git", ["ls-files", "app", "lib"], { encoding: "utf8" })
      .split("\n")
      .filter((file) => /\.tsx?$/.test(file) && file !== "lib/kernel/permissions.ts")
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    expect(permissionNames.filter((name) => !sources.includes(`"${name}"`))).toEqual([]);
  });
});
