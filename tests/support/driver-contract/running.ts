import { expect, it } from "vitest";
import { DriverError } from "@/lib/clouds/contract";
import { changeContext, eventually, type Present, pause } from "../cloud-changes";
import type { Trial } from "./trial";

const never = { intervalMs: 1_000, timeoutMs: 2_000, failures: 2, graceMs: 1_000 };

/** What runs is kept running: through a death, a stop, another number or another size. */
export function testRunning(trial: Trial): void {
  const { has, ref, apply, observe, expectAnswer } = trial;

  it("sees a death and recovers from it: same address, same data", async (test) => {
    if (!trial.subject.kill) return test.skip("nothing can be killed from outside");
    const target = ref();
    const first = await apply(target, trial.subject.desired({ greeting: "hello again" }));
    if (trial.subject.write && trial.cloud.exec) {
      await trial.cloud.exec(target, { command: trial.subject.write("kept"), timeoutMs: 20_000 });
    }
    await trial.subject.kill(target, first);
    const dead = await eventually(
      () => observe(target),
      (seen) => seen.status === "failed" || seen.status === "stopped",
    );
    expect(["failed", "stopped"]).toContain(dead.status);
    const healed = await trial.cloud.recover(target, changeContext(trial.subject.files));
    expect(healed).toMatchObject({ present: true, status: "running", external: first.external });
    await expectAnswer(healed as Present, "hello again");
    if (trial.subject.read && trial.cloud.exec) {
      const read = await trial.cloud.exec(target, { command: trial.subject.read(), timeoutMs: 20_000 });
      expect(read.stdout).toContain("kept");
    }
  });

  it("leaves what lives, and what was stopped, alone when it recovers", async () => {
    const target = ref();
    const first = await apply(target, trial.subject.desired({ greeting: "hello well" }));
    const after = await trial.cloud.recover(target, changeContext(trial.subject.files));
    expect(after.present && trial.subject.identity(after)).toBe(trial.subject.identity(first));
    if (!trial.cloud.stop) return;
    await trial.cloud.stop(target, changeContext(trial.subject.files));
    await trial.cloud.recover(target, changeContext(trial.subject.files));
    expect(await observe(target)).toMatchObject({ status: "stopped" });
  });

  it("restarts what lives: every instance is a fresh one, at the same address, with the new start", async () => {
    const target = ref();
    for (const replicas of has("scale") ? [1, 2] : [1]) {
      const desired = trial.subject.desired({ greeting: "hello again", replicas });
      const first = await apply(target, desired, { action: replicas === 1 ? "create" : "update" });
      await pause(20);
      const askedAt = new Date().toISOString();
      const after = (await trial.cloud.restart(target, changeContext(trial.subject.files))) as Present;
      expect(after).toMatchObject({ status: "running", external: first.external });
      expect(after.replicas).toEqual({ desired: replicas, running: replicas });
      expect(trial.subject.identity(after)).not.toBe(trial.subject.identity(first));
      // The oldest of all instances.
      expect(String(after.attributes.startedAt) >= askedAt).toBe(true);
      expect(await observe(target)).toMatchObject({ attributes: { startedAt: after.attributes.startedAt } });
      await expectAnswer(after, "hello again");
    }
  });

  it("starts what was stopped when it is restarted", async (test) => {
    if (!trial.cloud.stop) return test.skip("capability stop is absent");
    const target = ref();
    await apply(target, trial.subject.desired({ greeting: "hello up" }));
    await trial.cloud.stop(target, changeContext(trial.subject.files));
    await trial.cloud.restart(target, changeContext(trial.subject.files));
    await expectAnswer(await observe(target), "hello up");
  });

  it("is never done with what lives and fails its check, however often it is asked", async (test) => {
    if (!trial.subject.answers) return test.skip("nothing real answers");
    const target = ref();
    const health = { ...never, probe: { type: "http" as const, path: "/", status: 418 } };
    const desired = { ...trial.subject.desired({ greeting: "hello ill" }), health };
    const ctx = changeContext(trial.subject.files);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const failure = await apply(target, desired, { ctx }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DriverError);
      expect((failure as Error).message).toContain("HTTP 200, expected 418");
    }
    const cured = { ...desired, health: { ...never, probe: { type: "http" as const, path: "/" } } };
    expect(await apply(target, cured)).toMatchObject({ status: "running" });
  });

  it("stops and starts", async (test) => {
    if (!has("stop") || !trial.cloud.stop || !trial.cloud.start)
      return test.skip("capability stop is absent");
    const target = ref();
    const first = await apply(target, trial.subject.desired({ greeting: "hello pause" }));
    await trial.cloud.stop(target, changeContext(trial.subject.files));
    expect((await observe(target)).status).toBe("stopped");
    await trial.cloud.stop(target, changeContext(trial.subject.files));
    const started = await trial.cloud.start(target, changeContext(trial.subject.files));
    expect(started).toMatchObject({ status: "running", external: first.external });
    await expectAnswer(await observe(target), "hello pause");
  });

  it("scales out and in at one address", async (test) => {
    if (!has("scale")) return test.skip("capability scale is absent");
    const target = ref();
    const first = await apply(target, trial.subject.desired({ greeting: "hello many" }));
    for (const replicas of [3, 1]) {
      const desired = trial.subject.desired({ greeting: "hello many", replicas });
      const scaled = await apply(target, desired, { action: "update" });
      expect(scaled.replicas).toEqual({ desired: replicas, running: replicas });
      expect(scaled.external).toEqual(first.external);
      await expectAnswer(scaled, "hello many");
    }
  });

  it("resizes", async (test) => {
    if (!has("resize")) return test.skip("capability resize is absent");
    const target = ref();
    const before = trial.subject.desired({
      greeting: "hello size",
      size: { cpu: 0.5, memoryBytes: 2 ** 28 },
    });
    const after = trial.subject.desired({ greeting: "hello size", size: { cpu: 1, memoryBytes: 2 ** 29 } });
    await apply(target, before);
    expect(trial.cloud.decideChange(before, after).action).toBe("update");
    const resized = await apply(target, after, { action: "update" });
    expect(resized.status).toBe("running");
    await expectAnswer(resized, "hello size");
  });
}
