import { describe, expect, it } from "vitest";
import { environmentStates } from "@/lib/features/environments/schema";
import { notificationRules } from "@/lib/features/notifications/rules";
import { kindsWhere, operationOf, requestBody, requestKinds } from "@/lib/features/requests/schema";
import { permissions } from "@/lib/kernel/permissions";

/** A body of each kind that says no more than it must. */
const smallest: Record<string, object> = {
  create: { project: "shop", template: "site", name: "shop-dev" },
  extend: { environment: "env_1", leaseDays: 7 },
  restore: { environment: "env_1", backup: "bkp_1" },
  action: { environment: "env_1", action: "reindex" },
};

describe.each(requestKinds)("the operation %s", (kind) => {
  const operation = operationOf(kind);

  it("leads an environment along its state machine", () => {
    const { statusDuring: during, statusAfter: after } = operation;
    if (during === null) return expect(after, "a change that shows no progress leaves the status").toBeNull();
    const from = kind === "create" ? "pending" : "running";
    expect(environmentStates.allows(from, during)).toBe(true);
    if (after) expect(environmentStates.allows(during, after)).toBe(true);
    expect(operation.besideChanges).toBe(false);
  });

  it("is asked for by a body that says its kind and nothing unknown, or by Rostrum alone", () => {
    const body = { kind, ...(smallest[kind] ?? { environment: "env_1" }) };
    const taken = requestBody.safeParse(body).success;
    expect(taken).toBe(operation.body !== null);
    if (!taken) return;
    expect(requestBody.safeParse({ ...body, surprise: true }).success).toBe(false);
    expect(requestBody.safeParse({ ...body, reason: "x".repeat(2_001) }).success).toBe(false);
  });

  it("has words, a permission and notices that exist", () => {
    for (const [form, words] of Object.entries(operation.words)) expect(words, form).toMatch(/\S/);
    expect(permissions).toHaveProperty([operation.permission]);
    for (const notice of Object.values(operation.notices)) expect(notificationRules).toHaveProperty([notice]);
  });
});

describe("operations", () => {
  it("that only end or hold an environment work without its key", () => {
    expect(kindsWhere(({ needs }) => !needs.secrets)).toEqual(["stop", "extend", "destroy"]);
  });

  it("that start components need a lease", () => {
    const starting = kindsWhere(({ needs }) => needs.lease !== "no");
    expect(starting).toEqual(["update", "start", "restart", "repair"]);
  });

  it("whose work depends on what is found are known to the planner", () => {
    // Each has its own function in operation-changes.ts, where the compiler can't see that one is missing.
    expect(kindsWhere(({ work }) => work.plan === "own")).toEqual(["repair", "heal", "restore", "action"]);
  });

  it("that set parameters are those that can need quota and cost more", () => {
    for (const kind of kindsWhere((one) => one.setsParameters)) {
      expect(operationOf(kind)).toMatchObject({
        takesQuota: true,
        raisesCost: true,
        work: { plan: "desired" },
      });
    }
  });
});
