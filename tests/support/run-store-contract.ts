import { describe, expect, it } from "vitest";
import type { ClaimedRun, NewStep, ResourceEffect, RunStore, StepMove, StepStatus } from "@/lib/engine/run";

/** A store under test, and what people and time do to it. */
export interface StoreUnderTest {
  store: RunStore;
  /** Records a run of its own environment, due now, with the steps of a chain. @returns its id */
  start(components: readonly string[]): Promise<string>;
  cancel(runId: string): Promise<boolean>;
  resume(runId: string): Promise<boolean>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  now(): number;
  see(runId: string): Promise<{
    status: string;
    steps: { status: string; attempts: number }[];
    /** Components with a resource. */
    resources: string[];
  }>;
}

/** What every store of runs keeps, whatever it is made of. */
export function describeRunStore(name: string, open: () => StoreUnderTest): void {
  const leaseMs = 400;

  async function claim(runId: string, workerId = "one"): Promise<ClaimedRun | undefined> {
    const claimed = await open().store.claim({ workerId, leaseMs, limit: 50 });
    return claimed.find((one) => one.run.id === runId);
  }

  async function claimed(runId: string, workerId?: string): Promise<ClaimedRun> {
    const one = await claim(runId, workerId);
    if (!one) throw new Error("The run was not claimed.");
    return one;
  }

  function move(
    { run, steps }: ClaimedRun,
    position: number,
    to: StepStatus,
    effect?: ResourceEffect,
  ): StepMove {
    const step = steps[position];
    if (!step) throw new Error(`There is no step ${position}.`);
    return { step, environmentId: run.environmentId, fence: run.fence, to, ...(effect && { effect }) };
  }

  /** Writes and remembers, as the walker's writer does. */
  async function write(...moves: StepMove[]): Promise<boolean> {
    const written = await open().store.writeMoves(moves);
    for (const { step, to } of moves) if (written.has(step.id)) step.status = to;
    return moves.every(({ step }) => written.has(step.id));
  }

  async function end({ run }: ClaimedRun, status: "failed" | "cancelled" | "succeeded"): Promise<void> {
    const ending = { id: run.id, fence: run.fence, environmentId: run.environmentId, status };
    expect(await open().store.writeEnds([ending], async () => {})).toEqual(new Set([run.id]));
  }

  const resource = (component: string): ResourceEffect => ({
    type: "upsert",
    resource: {
      ...{ component, cloudId: "cld_contract", kind: "container", externalId: "x", status: "running" },
      ...{ desired: null, desiredDigest: "", spec: {}, cpu: 0, memoryBytes: 0, storageBytes: 0, replicas: 1 },
      ...{ attributes: {}, address: {}, outputs: {}, sealedOutputs: null },
    },
  });

  describe(name, () => {
    it("gives a due run to one of two claims at once, with its steps in order", async () => {
      const runId = await open().start(["a", "b", "c"]);
      const [one, two] = await Promise.all([claim(runId, "one"), claim(runId, "two")]);
      expect([one, two].filter(Boolean)).toHaveLength(1);
      const steps = (one ?? two)?.steps ?? [];
      expect(steps.map((step) => [step.component, step.position, step.dependsOn, step.status])).toEqual([
        ["a", 0, [], "pending"],
        ["b", 1, [0], "pending"],
        ["c", 2, [1], "pending"],
      ]);
      expect(await claim(runId)).toBeUndefined();
    });

    it("gives it to another one when the lease has run out, and takes nothing more from the first", async () => {
      const { store, start, pass, see } = open();
      const runId = await start(["a"]);
      const first = await claimed(runId, "first");
      await pass(leaseMs + 50);
      const second = await claimed(runId, "second");
      expect(second.run.fence).toBe(first.run.fence + 1);
      expect(await write(move(first, 0, "running"))).toBe(false);
      expect(await store.renew([{ id: runId, fence: first.run.fence }], leaseMs)).toEqual(new Map());
      const late = { ...first.run, status: "failed" as const };
      expect(await store.writeEnds([late], async () => {})).toEqual(new Set());
      expect(await see(runId)).toMatchObject({
        status: "running",
        steps: [{ status: "pending", attempts: 0 }],
      });
      expect(await write(move(second, 0, "running"))).toBe(true);
      expect(await see(runId)).toMatchObject({ steps: [{ status: "running", attempts: 1 }] });
    });

    it("keeps a renewed run with its owner, and says that it was canceled", async () => {
      const { store, start, pass, cancel } = open();
      const runId = await start(["a"]);
      const mine = await claimed(runId);
      const owned = [{ id: runId, fence: mine.run.fence }];
      await pass(leaseMs / 2);
      expect((await store.renew(owned, leaseMs)).get(runId)?.cancelRequestedAt).toBeNull();
      await pass((leaseMs * 3) / 4);
      expect(await claim(runId, "other")).toBeUndefined();
      expect(await cancel(runId)).toBe(true);
      expect((await store.renew(owned, leaseMs)).get(runId)?.cancelRequestedAt).toBeInstanceOf(Date);
    });

    it("gives a released run to others at once, but not one that is released by someone else", async () => {
      const { store, start, pass } = open();
      const runId = await start(["a"]);
      await claimed(runId, "one");
      await store.release("another", [runId]);
      await pass(5);
      expect(await claim(runId, "two")).toBeUndefined();
      await store.release("one", [runId]);
      await pass(5);
      expect(await claim(runId, "two")).toBeDefined();
    });

    it("writes a step's end, the next one's start and what became of a resource together", async () => {
      const { start, see } = open();
      const runId = await start(["a", "b"]);
      const mine = await claimed(runId);
      await write(move(mine, 0, "running"));
      expect(await write(move(mine, 0, "succeeded", resource("a")), move(mine, 1, "running"))).toBe(true);
      expect(await see(runId)).toMatchObject({
        steps: [{ status: "succeeded" }, { status: "running" }],
        resources: ["a"],
      });
      expect(await write(move(mine, 1, "succeeded", { type: "remove", component: "a" }))).toBe(true);
      expect((await see(runId)).resources).toEqual([]);
    });

    it("writes neither a step that is not where its owner thinks, nor what it did", async () => {
      const { start, see } = open();
      const runId = await start(["a"]);
      const mine = await claimed(runId);
      const twin = structuredClone(mine);
      await write(move(mine, 0, "running"));
      await write(move(mine, 0, "failed"));
      const [step] = twin.steps;
      if (step) step.status = "running";
      expect(await write(move(twin, 0, "succeeded", resource("a")))).toBe(false);
      expect(await see(runId)).toMatchObject({ steps: [{ status: "failed" }], resources: [] });
    });

    it("wakes a parked run at its time, and at once when it was canceled meanwhile", async () => {
      const { store, start, pass, cancel, now, see } = open();
      const [later, canceled] = [await start(["a"]), await start(["a"])];
      const both = (await store.claim({ workerId: "one", leaseMs, limit: 50 })).filter(({ run }) =>
        [later, canceled].includes(run.id),
      );
      expect(both).toHaveLength(2);
      await cancel(canceled);
      const follow = async () => {
        throw new Error("Nothing follows from parking.");
      };
      const ends = both.map(({ run }) => ({
        ...{ id: run.id, fence: run.fence, environmentId: run.environmentId, status: "parked" as const },
        wakeAt: new Date(now() + (run.id === later ? 600 : 60_000)),
      }));
      expect(await store.writeEnds(ends, follow)).toEqual(new Set([later, canceled]));
      expect(await see(later)).toMatchObject({ status: "parked" });
      await pass(5);
      expect((await claimed(canceled)).run.cancelRequestedAt).toBeInstanceOf(Date);
      expect(await claim(later)).toBeUndefined();
      await pass(700);
      expect(await claim(later)).toBeDefined();
    });

    it("has the end of a run and what follows from it, or neither", async () => {
      const { store, start, see } = open();
      const runId = await start(["a"]);
      const { run } = await claimed(runId);
      const ending = {
        ...{ id: runId, fence: run.fence, environmentId: run.environmentId, status: "succeeded" as const },
      };
      const failing = store.writeEnds([ending], async () => {
        throw new Error("No.");
      });
      await expect(failing).rejects.toThrow("No.");
      expect(await see(runId)).toMatchObject({ status: "running" });
      const told: ReadonlySet<string>[] = [];
      await store.writeEnds([ending], async (_transaction, written) => {
        told.push(written);
      });
      expect(told).toEqual([new Set([runId])]);
      expect(await see(runId)).toMatchObject({ status: "succeeded" });
      expect(await claim(runId)).toBeUndefined();
    });

    it("takes a stopped run up again: what failed again, what is open looked at first", async () => {
      const { start, see, resume, cancel } = open();
      const runId = await start(["failed", "unknown", "begun", "untouched", "done"]);
      const mine = await claimed(runId);
      for (const position of [0, 1, 2, 4]) await write(move(mine, position, "running"));
      await write(
        move(mine, 0, "failed"),
        move(mine, 1, "unknown"),
        move(mine, 2, "cancelled"),
        move(mine, 4, "succeeded"),
      );
      expect(await resume(runId)).toBe(false);
      await end(mine, "failed");
      expect(await cancel(runId)).toBe(false);
      expect(await resume(runId)).toBe(true);
      const { steps } = await see(runId);
      expect(steps.map((step) => step.status)).toEqual([
        "pending",
        "running",
        "running",
        "pending",
        "succeeded",
      ]);
      expect(steps.map((step) => step.attempts)).toEqual([0, 0, 0, 0, 1]);
      expect((await claimed(runId)).run.cancelRequestedAt).toBeNull();
    });
  });
}

/** Steps of a chain, each after the one before it. */
export function chainOf(components: readonly string[], cloudId: string | null): NewStep[] {
  return components.map((component, position) => ({
    ...{ component, action: "create" as const, cloudId, input: {} },
    dependsOn: position === 0 ? [] : [position - 1],
  }));
}
