import { describe, expect, it } from "vitest";
import { approveLabel, budgetLeft, requesterWords } from "@/components/approvals/case-model";
import { environmentLook } from "@/components/home/environment-list";
import { cheaperAlternatives, costOfDays } from "@/lib/features/approvals/alternatives";
import { expectedMonth, homeViewOf, sortAttention } from "@/lib/features/home/rules";
import type { AttentionItem } from "@/lib/features/home/schema";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("cheaper alternatives", () => {
  const presets = [
    { name: "Trial", monthly: "10" },
    { name: "Team", title: "Team of five", monthly: "60" },
    { name: "Close", monthly: "95" },
    { name: "Dear", monthly: "400" },
    { name: "Unknown", monthly: null },
  ];
  const asked = { monthly: "100", currency: "EUR", leaseDays: 30, presets };

  it("offers half the time or less, then smaller presets, the nearest first", () => {
    const found = cheaperAlternatives(asked);
    expect(found.map((one) => plain(one.title))).toEqual([
      "Same size, 14-day lease",
      "Team of five preset",
      "Trial preset",
    ]);
    expect(found[0]?.untilLeaseEnd).toBe(costOfDays("100", 14));
    expect(found[1]?.untilLeaseEnd).toBe(costOfDays("60", 30));
    expect(plain(found[1]?.suggestion ?? "")).toBe(
      "Please request the Team of five preset instead (€60.00/mo).",
    );
  });

  it("offers nothing that saves less than a tenth, and no shorter lease than three days", () => {
    const found = cheaperAlternatives({
      ...asked,
      leaseDays: 5,
      presets: [{ name: "Close", monthly: "95" }],
    });
    expect(found).toEqual([]);
    expect(cheaperAlternatives({ ...asked, monthly: "0" })).toEqual([]);
  });

  it("prices days by the month of 730 hours", () => expect(costOfDays("730", 3)).toBe("72.00"));
});

describe("the decision's words", () => {
  const request = (plan: unknown, kind = "create") => ({ kind, currency: "EUR", plan }) as never;
  it("name the amount that is approved", () => {
    expect(plain(approveLabel(request({ cost: { untilLeaseEnd: "196.4", monthly: "420" } })))).toBe(
      "Approve €196",
    );
    expect(plain(approveLabel(request({ cost: { untilLeaseEnd: "196", monthly: "42" } }, "update")))).toBe(
      "Approve €42.00/mo",
    );
    expect(approveLabel(request({ cost: { untilLeaseEnd: null, monthly: null } }))).toBe(
      "Approve unknown cost",
    );
  });
  it("say what of the budget is left, also less than nothing", () => {
    expect(budgetLeft({ monthly: "500", before: "400", after: "523.1" })).toBe("-23.10");
  });
  it("tell who asks", () => {
    const facts = { role: "developer", earlier: 6, succeeded: 5, rejected: 1, failed: 0 };
    expect(plain(requesterWords(facts as never, "Shop"))).toBe(
      "Developer in Shop · 6 earlier requests, 5 completed, 1 rejected",
    );
    expect(requesterWords({ role: null, earlier: 0 } as never, "Shop")).toBe(
      "Not a member of Shop · first request",
    );
  });
});

describe("home", () => {
  it("is drawn for the office first, then for what one does in projects", () => {
    const roles = (...held: string[]) => new Map(held.map((role, index) => [`prj_${index}`, role]));
    expect(homeViewOf({ orgRole: "finance", projects: roles("developer") })).toBe("finance");
    expect(homeViewOf({ orgRole: null, projects: roles("approver") })).toBe("approver");
    expect(homeViewOf({ orgRole: null, projects: roles("approver", "developer") })).toBe("developer");
    expect(homeViewOf({ orgRole: null, projects: roles() })).toBe("developer");
  });

  it("puts failures first, the newest of them first, and leases by their end", () => {
    const item = (kind: AttentionItem["kind"], at: string) => ({
      kind,
      id: at,
      name: "",
      detail: "",
      href: "",
      at,
    });
    const sorted = sortAttention([
      item("waiting", "2026-11-05T00:00:00Z"),
      item("lease", "2026-11-09T00:00:00Z"),
      item("lease", "2026-11-07T00:00:00Z"),
      item("failed", "2026-11-01T00:00:00Z"),
      item("failed", "2026-11-03T00:00:00Z"),
    ]);
    expect(sorted.map((one) => `${one.kind} ${one.id.slice(8, 10)}`)).toEqual([
      "failed 03",
      "failed 01",
      "lease 07",
      "lease 09",
      "waiting 05",
    ]);
  });

  it("expects the rest of the month at the running price", () => {
    expect(expectedMonth("100", "60", new Date("2026-11-16T00:00:00Z"))).toBe("130.00");
    expect(expectedMonth("100", "60", new Date("2026-11-01T00:00:00Z"))).toBe("160.00");
  });

  it("tells what runs by its health and all else by its status", () => {
    expect(environmentLook({ status: "running", health: "degraded" })).toEqual({
      tone: "warning",
      word: "Degraded",
    });
    expect(environmentLook({ status: "stopped", health: "healthy" }).word).toBe("Stopped");
  });
});
