import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { finishedStepStatuses } from "@/lib/engine/run";
import { type ChangeKind, changeKinds, stepsFor, type Wanted } from "../support/memory-engine/changes";
import { type Fault, faults } from "../support/memory-engine/model-cloud";
import { type Disturbance, EngineWorld } from "../support/memory-engine/world";

/**
 * The walker as it is, on a store, a clock and a cloud in memory: what is generated are graphs, changes, faults of the cloud
 * and deaths of workers at any moment at which they wait for the outside.
 */
interface Scenario {
  /** What each component needs; positions of earlier ones. */
  needs: readonly (readonly number[])[];
  changes: readonly { kind: (typeof changeKinds)[number]; seeds: readonly number[] }[];
  faults: readonly (readonly Fault[])[];
  looks: readonly Fault[];
  disturbances: readonly (readonly [moment: number, what: Disturbance])[];
  maxParallel: number;
  cancel: { run: number; afterMs: number } | null;
}

const quiet: Omit<Scenario, "needs"> = {
  ...{ changes: [], faults: [], looks: [], disturbances: [], maxParallel: 4, cancel: null },
};

/** Jitter is the only chance in a walk: with a seed, a scenario that failed once fails again. */
beforeEach(() => {
  let state = 1;
  vi.spyOn(Math, "random").mockImplementation(() => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Plays a scenario to its end: what stops on the way is resumed by a person once the cloud is well. */
async function play(scenario: Scenario): Promise<EngineWorld> {
  const world = new EngineWorld({
    disturbances: new Map(scenario.disturbances),
    faults: (position) => scenario.faults[position % Math.max(1, scenario.faults.length)] ?? [],
    looks: scenario.looks,
    maxParallel: scenario.maxParallel,
  });
  try {
    let existing: Wanted = new Map();
    const changes = [{ kind: "create" as ChangeKind, seeds: [] as readonly number[] }, ...scenario.changes];
    for (const [index, { kind, seeds }] of changes.entries()) {
      const wanted = wantedAfter(scenario, kind, existing, seeds);
      const cancelAfterMs = scenario.cancel?.run === index ? scenario.cancel.afterMs : null;
      if (!(await change(world, kind, stepsFor(kind, wanted, existing), cancelAfterMs))) break;
      existing = kind === "destroy" ? new Map() : wanted;
      judgeGoal(world, existing);
      if (kind === "destroy") break;
    }
    return world;
  } finally {
    world.close();
  }
}

/** @returns whether it succeeded; false only where no one can tell */
async function change(
  world: EngineWorld,
  kind: ChangeKind,
  steps: ReturnType<typeof stepsFor>,
  cancelAfterMs: number | null,
): Promise<boolean> {
  if (steps.length === 0) return true;
  const runId = world.start(kind === "create" || kind === "destroy" ? kind : "update", steps);
  if (cancelAfterMs !== null) world.clock.after(cancelAfterMs, () => void world.store.requestCancel(runId));
  let status = await world.end(runId);
  judgeRun(world, runId);
  world.cloud.isWell = true;
  for (let tries = 0; status !== "succeeded" && tries < 3; tries += 1) {
    expect(world.store.resumeRun(runId)).toBe(true);
    status = await world.end(runId);
    judgeRun(world, runId);
  }
  world.cloud.isWell = false;
  const unclear = world.store.listSteps(runId).filter((step) => step.status === "unknown");
  if (status === "succeeded") return true;
  expect(
    unclear.map((step) => step.action),
    world.describe(runId),
  ).toEqual(["run"]);
  return false;
}

function wantedAfter(
  scenario: Scenario,
  kind: ChangeKind,
  existing: Wanted,
  seeds: readonly number[],
): Wanted {
  if (kind !== "create" && kind !== "update") return existing;
  const seed = (index: number) => seeds[index % Math.max(1, seeds.length)] ?? 0;
  const names = scenario.needs.map((_, index) => `c${index}`);
  // Of an update: some stay, some change, some go; what went before comes back.
  const kept = names.filter(
    (name, index) => kind === "create" || seed(index) % 4 !== 3 || !existing.has(name),
  );
  return new Map(
    kept.map((name) => {
      const index = names.indexOf(name);
      const needs = (scenario.needs[index] ?? []).map((one) => `c${one}`).filter((one) => kept.includes(one));
      const before = existing.get(name)?.revision ?? index;
      return [name, { needs, revision: before + (kind === "create" ? 0 : seed(index) % 3) }];
    }),
  );
}

/** What holds after every end of a run, however it ended. */
function judgeRun(world: EngineWorld, runId: string): void {
  const { store, cloud } = world;
  const said = world.describe(runId);
  const run = store.run(runId);
  const steps = store.listSteps(runId);
  expect(cloud.violations, said).toEqual([]);
  expect(store.early, said).toEqual([]);
  expect(["succeeded", "failed", "unknown", "cancelled"], said).toContain(run.status);
  expect(
    steps.filter((step) => step.status === "running"),
    said,
  ).toEqual([]);
  if (run.status === "succeeded")
    expect(
      steps.every((step) => finishedStepStatuses.includes(step.status)),
      said,
    ).toBe(true);
  // A run ends as it does for a reason.
  if (run.status === "failed" || run.status === "unknown")
    expect(
      steps.map((step) => step.status),
      said,
    ).toContain(run.status);
  if (run.status === "cancelled") {
    const noticedMs = world.limits.leaseMs + world.limits.heartbeatMs;
    const lastMs = (run.cancelRequestedAt?.getTime() ?? 0) + noticedMs;
    expect(steps.filter((step) => (step.startedAt ?? 0) > lastMs)).toEqual([]);
  }
  // What follows from an end stands exactly when the end does.
  expect(store.notes, said).toEqual(store.ends);
  // A command leaves no trace to look for, so it may never be sent twice.
  expect(
    [...cloud.commands.values()].filter((times) => times > 1),
    said,
  ).toEqual([]);
  // Whatever exists is on record, or a step that is not finished knows it by its key.
  const open = new Set(
    steps.filter((step) => !finishedStepStatuses.includes(step.status)).map((step) => step.id),
  );
  const orphans = cloud.objects.filter(
    (one) => !store.resources.has(`env_model/${one.component}`) && !open.has(one.key),
  );
  expect(orphans, said).toEqual([]);
}

/** What holds when a change succeeded: reality, the record and what was wanted are one. */
function judgeGoal({ store, cloud }: EngineWorld, wanted: Wanted): void {
  const names = [...wanted.keys()].sort();
  expect(cloud.objects.map((one) => one.component).sort()).toEqual(names);
  expect([...store.resources.values()].map((one) => one.component).sort()).toEqual(names);
  for (const { component, revision, id } of cloud.objects) {
    expect(revision).toBe(wanted.get(component)?.revision);
    expect(store.resources.get(`env_model/${component}`)?.externalId).toBe(String(id));
  }
}

const fault = fc.constantFrom<Fault>(...faults);
const scenarios: fc.Arbitrary<Scenario> = fc.record({
  needs: fc
    .array(fc.array(fc.nat(11), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
    .map((lists) => lists.map((list, index) => [...new Set(list.filter((one) => one < index))])),
  changes: fc.array(
    fc.record({
      kind: fc.constantFrom(...changeKinds),
      seeds: fc.array(fc.nat(11), { minLength: 1, maxLength: 12 }),
    }),
    { maxLength: 2 },
  ),
  faults: fc.array(fc.array(fault, { maxLength: 3 }), { maxLength: 12 }),
  looks: fc.array(fc.constantFrom<Fault>("ok", "busy", "away"), { maxLength: 6 }),
  disturbances: fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 250 }),
      fc.constantFrom<Disturbance>("crash", "crash", "crash", "stall", "stop"),
    ),
    { maxLength: 4 },
  ),
  maxParallel: fc.integer({ min: 1, max: 6 }),
  cancel: fc.option(fc.record({ run: fc.nat(2), afterMs: fc.nat(8_000) }), { freq: 3 }),
});

describe("the engine in memory", () => {
  it("brings reality, record and wish together, whatever fails and whichever worker dies on the way", async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        await play(scenario);
      }),
      { numRuns: 400 },
    );
  }, 240_000);

  const diamond = [[], [0], [0], [1, 2]];
  const small: [string, Scenario][] = [
    ["a creation", { ...quiet, needs: diamond }],
    [
      "a creation in a flaky cloud",
      { ...quiet, needs: [[], [0]], faults: [["answer-lost"], ["busy", "pending"]] },
    ],
    ["an update", { ...quiet, needs: [[], [0], [1]], changes: [{ kind: "update", seeds: [1, 2, 3] }] }],
    ["a destruction", { ...quiet, needs: diamond, changes: [{ kind: "destroy", seeds: [0] }] }],
    ["a restart", { ...quiet, needs: [[], [0]], changes: [{ kind: "restart", seeds: [0] }] }],
    ["a command", { ...quiet, needs: [[]], changes: [{ kind: "command", seeds: [0] }] }],
    ["a cancellation", { ...quiet, needs: [[], [0], [1]], cancel: { run: 0, afterMs: 150 } }],
  ];

  describe.each<Disturbance>(["crash", "stall", "stop"])("survives a %s at every moment of", (what) => {
    it.each(small)(
      "%s",
      async (_name, scenario) => {
        const { moments } = await play(scenario);
        expect(moments).toBeGreaterThan(15);
        for (let moment = 1; moment <= moments; moment += 1)
          await play({ ...scenario, disturbances: [[moment, what]] });
      },
      120_000,
    );
  });

  describe("what scenarios found", () => {
    it("a retry that is due while no more steps fit in does not keep the worker busy", async () => {
      const world = await play({
        ...quiet,
        ...{ needs: [[], []], maxParallel: 1, faults: [["busy"], ["slow"]] },
      });
      expect(world.clock.awaited).toBeLessThan(500);
    });

    it.each<Fault>(["slow", "hang"])(
      "a command that is %s is not sent again when its time is over",
      async (fault) => {
        const world = await play({
          ...quiet,
          needs: [[]],
          changes: [{ kind: "command", seeds: [0] }],
          faults: [[fault]],
        });
        expect([...world.cloud.commands.values()]).toEqual([1]);
        const [run] = [...world.store.runs.values()].slice(-1);
        expect(run?.status).toBe("unknown");
      },
    );
  });
});
