import { describe, expect, it } from "vitest";
import type { CheckHistory } from "@/lib/features/environments";
import { nextLeaseAction } from "@/lib/features/leases/rules";
import {
  type ComponentState,
  checkIntervalMs,
  countCheck,
  healthOf,
  incidentKind,
  isWellAgain,
  messageOfHealth,
  nextLookMs,
  noHistory,
  restartDelayMs,
} from "@/lib/features/monitoring/rules";

const now = Date.parse("2026-11-24T12:00:00Z");
const hourMs = 3_600_000;
const leased = (
  extra: Partial<Parameters<typeof nextLeaseAction>[0]> = {},
): Parameters<typeof nextLeaseAction>[0] => ({
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
      "another stop while it still runs in the grace",
      leased({ leaseEndsAt: new Date(now - hourMs), destroyAfter: new Date(now + 1) }),
      "stop-again",
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
  checked: true,
  failures: 0,
  passes: 1,
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

  /** The states that a row of checks leads to: "x" fails, "." passes. */
  const walk = (checks: string, threshold: number) => {
    let history: CheckHistory = noHistory;
    return [...checks].map((check) => {
      const passed = check === ".";
      history = { ...history, ...countCheck(history, threshold, passed) };
      const { failures, passes } = history;
      return state({ state: passed ? "well" : "failing", failures, passes, threshold });
    });
  };

  it("is over only after as many passed checks in a row as failed ones opened it", () => {
    const [, , third, one, relapse, again, more, over] = walk("xxx.x...", 3);
    expect(third && incidentKind(third)).toBe("unhealthy");
    expect(one && [isWellAgain(one), healthOf(one)]).toEqual([false, "degraded"]);
    expect(one && messageOfHealth(one)).toBe("Recovering: 1 of 3 checks passed");
    expect(relapse && incidentKind(relapse)).toBe("unhealthy");
    expect([again, more].map((one) => one && isWellAgain(one))).toEqual([false, false]);
    expect(over && [isWellAgain(over), healthOf(over), messageOfHealth(over)]).toEqual([true, "healthy", ""]);
  });

  it("opens and ends at exactly the threshold, whatever the checks say", () => {
    for (let seed = 0; seed < 400; seed += 1) {
      const threshold = 1 + (seed % 4);
      const checks = Array.from({ length: 40 }, (_, at) =>
        (seed * 31 + at * at * 17 + at * 7) % 5 < 2 ? "x" : ".",
      );
      let isOpen = false;
      walk(checks.join(""), threshold).forEach((one, at) => {
        const last = checks.slice(Math.max(0, at + 1 - threshold), at + 1);
        if (last.length === threshold && last.every((check) => check === "x")) isOpen = true;
        if (last.length === threshold && last.every((check) => check === ".")) isOpen = false;
        if (incidentKind(one)) expect(isOpen, `${checks.join("")} at ${at}`).toBe(true);
        if (isOpen && isWellAgain(one)) throw new Error(`${checks.join("")} was over too soon, at ${at}`);
      });
    }
  });

  it("is never over by a look that makes no check", () => {
    expect(isWellAgain(state({ checked: false }))).toBe(false);
  });

  it("looks as often as the most impatient component asks, from once a second to every 10 s", () => {
    const every = (intervalMs: number) => ({
      health: { probe: { type: "tcp" as const }, intervalMs, timeoutMs: 1_000, failures: 3, graceMs: 0 },
    });
    expect(nextLookMs([null, every(30_000)])).toBe(10_000);
    expect(nextLookMs([every(30_000), every(2_000), null])).toBe(2_000);
    expect(nextLookMs([every(100)])).toBe(1_000);
    expect(checkIntervalMs(every(30_000))).toBe(30_000);
    expect(checkIntervalMs(null)).toBe(10_000);
  });
});
