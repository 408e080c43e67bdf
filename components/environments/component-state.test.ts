import { describe, expect, it } from "vitest";
import type { EnvironmentDetail, ResourceDto } from "@/lib/features/environments/schema";
import type { IncidentDto } from "@/lib/features/monitoring/schema";
import { resourceOf } from "@/tests/support/resource";
import { componentState, stateReason, stateSince } from "./component-state";
import { type Changeable, whyNoChange, whyNotRunning } from "./why-not";

const incident = (facts: Partial<IncidentDto>): IncidentDto => ({
  id: "inc_1",
  component: "web",
  kind: "unhealthy",
  summary: "HTTP 503",
  occurrences: 1,
  openedAt: "2026-12-01T10:00:00.000Z",
  closedAt: null,
  actions: [],
  ...facts,
});
const startedAt = "2026-12-01T09:00:00.000Z";
const running = resourceOf({ attributes: { startedAt } });
const unhealthy: ResourceDto = { ...running, health: "unhealthy", healthMessage: "HTTP 503 from /health" };

describe("since when a component is in its state", () => {
  it("is its start while it is healthy, or the end of an incident after that", () => {
    expect(stateSince(running, [])).toBe(startedAt);
    const ended = incident({ closedAt: "2026-12-01T10:05:00.000Z" });
    expect(stateSince(running, [ended])).toBe(ended.closedAt);
    expect(stateSince(running, [incident({ closedAt: "2026-12-01T08:00:00.000Z" })])).toBe(startedAt);
    expect(stateSince(running, [{ ...ended, component: "db" }])).toBe(startedAt);
  });

  it("is the beginning of the open incident while it is not", () => {
    expect(stateSince(unhealthy, [incident({})])).toBe("2026-12-01T10:00:00.000Z");
  });

  it("is not told where it isn't known", () => {
    expect(stateSince({ ...running, status: "stopped" }, [])).toBeNull();
    expect(stateSince(resourceOf({ attributes: { startedAt: "soon" } }), [])).toBeNull();
  });
});

describe("why a component is in its state", () => {
  const reasonOf = (one: ResourceDto, incidents: IncidentDto[] = [], status = "running") =>
    stateReason({ status } as EnvironmentDetail, one, incidents);

  it("is what the health check says and what was done about it", () => {
    const actions = [{ at: "2026-12-01T10:00:10.000Z", text: "Restarted, attempt 1 of 5" }];
    expect(reasonOf(unhealthy, [incident({ actions })])).toBe(
      "HTTP 503 from /health. Restarted, attempt 1 of 5.",
    );
    expect(componentState(unhealthy, [incident({ actions })]).word).toBe("healing, attempt 1");
  });

  it("is the environment's while that is stopped, and nothing where nothing is known", () => {
    expect(reasonOf({ ...running, status: "stopped" }, [], "stopped")).toBe("The environment is stopped.");
    expect(reasonOf(running)).toBeNull();
  });
});

describe("why something can't be done", () => {
  const may = { change: true, reveal: true, backUp: true, restore: true, transfer: true };
  const environment: Changeable = {
    status: "running",
    activeRunId: null,
    destroyedAt: null,
    can: may,
    project: { name: "Data platform" },
  };

  it.each<[Partial<Changeable>, string | null, string | null]>([
    [{}, null, null],
    [{ status: "stopped" }, null, "The environment is stopped. Start it first."],
    [{ status: "failed" }, null, "The environment isn’t running."],
    [{ activeRunId: "run_1" }, "Another change is in progress.", "Another change is in progress."],
    [{ status: "pending" }, "The environment is pending approval.", "The environment is pending approval."],
    [
      { can: { ...may, change: false } },
      "You need the developer or owner role in Data platform.",
      "You need the developer or owner role in Data platform.",
    ],
    [
      { destroyedAt: startedAt, can: { ...may, change: false } },
      "The environment was destroyed.",
      "The environment was destroyed.",
    ],
  ])("says so for %j", (facts, change, restart) => {
    expect(whyNoChange({ ...environment, ...facts })).toBe(change);
    expect(whyNotRunning({ ...environment, ...facts })).toBe(restart);
  });

  it("goes by the right that it takes", () => {
    const can = { ...may, change: false };
    expect(whyNotRunning({ ...environment, can }, "backUp")).toBeNull();
  });
});
