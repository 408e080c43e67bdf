import { describe, expect, it } from "vitest";
import { nextLeaseAction } from "@/lib/features/leases/rules";
import {
  type ComponentState,
  healthOf,
  incidentKind,
  overallHealth,
  restartDelayMs,
} from "@/lib/features/monitoring/rules";

const now = Date.parse("2026-11-24T12:00:00Z");
const hourMs = 3_600_000;
const leased = (extra: Partial<Parameters<typeof nextLeaseAction>[0]> = {}) => ({
  status: "running",
  leaseEndsAt: new Date(now + 48 * hourMs),
  leaseWarnedAt: null,
  destroyAfter: null,
  ...extra,
});

describe("what a lease asks for", () => {
  it.each([
    ["nothing long before its end", leased(), null],
    ["nothing without an end", leased({ leaseEndsAt: null }), null],
    ["a word a day before", leased({ leaseEndsAt: new Date(now + 24 * hourMs) }), "warn"],
    [
      "the word only once",
      leased({ leaseEndsAt: new Date(now + hourMs), leaseWarnedAt: new Date(now - hourMs) }),
      null,
    ],
    ["a stop at its end", leased({ leaseEndsAt: new Date(now) }), "stop"],
    [
      "nothing during the grace",
      leased({ status: "stopped", leaseEndsAt: new Date(now - hourMs), destroyAfter: new Date(now + 1) }),
      null,
    ],
    [
      "destruction after it",
      leased({ status: "stopped", leaseEndsAt: new Date(now - hourMs), destroyAfter: new Date(now) }),
      "destroy",
    ],
    [
      "nothing of what is being destroyed",
      leased({ status: "destroying", leaseEndsAt: new Date(now - hourMs) }),
      null,
    ],
  ])("%s", (_what, environment, action) => {
    expect(nextLeaseAction(environment, now)).toBe(action);
  });
});

const state = (extra: Partial<ComponentState>): ComponentState => ({
  component: "web",
  state: "well",
  message: "",
  failures: 0,
  threshold: 3,
  ...extra,
});

describe("what is wrong", () => {
  it("waits longer before every restart, but never longer than five minutes", () => {
    expect([0, 1, 2, 3].map(restartDelayMs)).toEqual([0, 5_000, 15_000, 45_000]);
    expect(restartDelayMs(1_000)).toBe(300_000);
  });

  it("takes a dead component for down at once and a failing one at its threshold", () => {
    expect(incidentKind(state({ state: "dead", failures: 1 }))).toBe("down");
    expect(incidentKind(state({ state: "missing", failures: 1 }))).toBe("missing");
    expect(incidentKind(state({ state: "failing", failures: 2 }))).toBeNull();
    expect(healthOf(state({ state: "failing", failures: 2 }))).toBe("degraded");
    expect(incidentKind(state({ state: "failing", failures: 3 }))).toBe("unhealthy");
  });

  it("is as bad as the worst component", () => {
    const failing = state({ state: "failing", failures: 1 });
    expect(overallHealth([state({}), failing])).toBe("degraded");
    expect(overallHealth([state({}), failing, state({ state: "dead" })])).toBe("unhealthy");
  });
});
