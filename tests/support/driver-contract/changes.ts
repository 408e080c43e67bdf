import { expect, it } from "vitest";
import { DriverError, refKey } from "@/lib/clouds/contract";
import { changeContext } from "../cloud-changes";
import type { Trial } from "./trial";

/** Changes leave what was asked for, once, however often and from wherever they are asked for, or say clearly why not. */
export function testChanges(trial: Trial): void {
  const { ref, apply, expectAnswer, removeAll } = trial;

  it("creates a component that serves, and observes it the same from another connection", async () => {
    const target = ref();
    const desired = trial.subject.desired({ greeting: "hello one" });
    const ctx = changeContext(trial.subject.files);
    const created = await apply(target, desired, { ctx });
    expect(created.status).toBe("running");
    expect(created.appliedKey).toBe(ctx.idempotencyKey);
    expect(created.appliedDigest).not.toBeNull();
    expect(created.replicas).toEqual({ desired: 1, running: 1 });
    await expectAnswer(created, "hello one");
    const other = await trial.subject.reopen();
    const seen = await other.observe(target);
    await other.close();
    expect(seen).toMatchObject({
      present: true,
      externalId: created.externalId,
      external: created.external,
    });
  });

  it("adopts on a repeated apply with the same key", async () => {
    const target = ref();
    const desired = trial.subject.desired({ greeting: "hello two" });
    const ctx = changeContext(trial.subject.files);
    const first = await apply(target, desired, { ctx });
    const again = await apply(target, desired, { ctx });
    expect(trial.subject.identity(again)).toBe(trial.subject.identity(first));
    expect(again.external).toEqual(first.external);
  });

  it("makes one component of two applies at once", async () => {
    const target = ref();
    const desired = trial.subject.desired({ greeting: "hello race" });
    const other = await trial.subject.reopen();
    const ctx = changeContext(trial.subject.files);
    const [left, right] = await Promise.all([
      apply(target, desired, { ctx }),
      apply(target, desired, { ctx: changeContext(trial.subject.files, ctx.idempotencyKey), on: other }),
    ]);
    await other.close();
    expect(trial.subject.identity(left)).toBe(trial.subject.identity(right));
    const found = await trial.discover();
    expect(found.filter((one) => one.ref && refKey(one.ref) === refKey(target))).toHaveLength(1);
  });

  it("finds again what was started just before a crash", async (test) => {
    if (!trial.subject.forgetStart) return test.skip("the driver writes nothing down after the outside call");
    const target = ref();
    const desired = trial.subject.desired({ greeting: "hello crash" });
    const ctx = changeContext(trial.subject.files);
    const first = await apply(target, desired, { ctx });
    await trial.subject.forgetStart(target, ctx.idempotencyKey);
    const again = await apply(target, desired, { ctx });
    expect(trial.subject.identity(again)).toBe(trial.subject.identity(first));
    expect(again.appliedKey).toBe(ctx.idempotencyKey);
    await expectAnswer(again, "hello crash");
  });

  it("updates in place: new behavior, same address", async () => {
    const target = ref();
    const before = trial.subject.desired({ greeting: "hello before" });
    const after = trial.subject.desired({ greeting: "hello after" });
    const first = await apply(target, before);
    expect(trial.cloud.decideChange(before, after).action).toBe("update");
    const second = await apply(target, after, { action: "update" });
    expect(second.external).toEqual(first.external);
    expect(second.appliedDigest).not.toBe(first.appliedDigest);
    await expectAnswer(second, "hello after");
  });

  it("replaces: new, with nothing of the old data", async () => {
    const target = ref();
    await apply(target, trial.subject.desired({ greeting: "hello old" }));
    if (trial.subject.write && trial.cloud.exec) {
      await trial.cloud.exec(target, { command: trial.subject.write("left over"), timeoutMs: 20_000 });
    }
    const fresh = await apply(target, trial.subject.desired({ greeting: "hello new" }), {
      action: "replace",
    });
    expect(fresh.status).toBe("running");
    await expectAnswer(fresh, "hello new");
    if (trial.subject.read && trial.cloud.exec) {
      const read = await trial.cloud.exec(target, { command: trial.subject.read(), timeoutMs: 20_000 });
      expect(read.stdout).not.toContain("left over");
    }
  });

  it("fails clearly, with a driver's error, and what is left can be removed", async (test) => {
    if (!trial.subject.broken) return test.skip("nothing can fail so");
    const target = ref();
    const failure = await apply(target, trial.subject.broken).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DriverError);
    expect((failure as DriverError).kind).not.toBe("unknown");
    await removeAll(target);
    expect(await trial.cloud.observe(target)).toEqual({ present: false });
  });

  it("ends when its signal aborts, and can be continued with the same key", async () => {
    const target = ref();
    const controller = new AbortController();
    controller.abort();
    const desired = trial.subject.desired({ greeting: "hello late" });
    const ctx = changeContext(trial.subject.files, undefined, controller.signal);
    const begun = Date.now();
    await apply(target, desired, { ctx }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(DriverError);
    });
    expect(Date.now() - begun).toBeLessThan(15_000);
    const done = await apply(target, desired, {
      ctx: changeContext(trial.subject.files, ctx.idempotencyKey),
    });
    expect(done.status).toBe("running");
  });

  it("removes without a trace, and removing what is absent is done", async () => {
    const target = ref();
    const created = await apply(target, trial.subject.desired({ greeting: "hello gone" }));
    await removeAll(target);
    expect(await trial.cloud.observe(target)).toEqual({ present: false });
    if (trial.subject.answers) {
      await expect(fetch(created.url ?? "", { signal: AbortSignal.timeout(2_000) })).rejects.toThrow();
    }
    const found = await trial.discover();
    expect(found.filter((one) => one.ref?.environmentId === target.environmentId)).toEqual([]);
    expect(await trial.subject.leftovers?.(target.environmentId)).toEqual(
      trial.subject.leftovers ? [] : undefined,
    );
    await removeAll(target);
  });
}
