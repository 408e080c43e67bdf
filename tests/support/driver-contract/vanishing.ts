import { expect, it } from "vitest";
import { DriverError } from "@/lib/clouds/contract";
import { changeContext, eventually, newRef, type Present } from "../cloud-changes";
import type { ContractSetup } from "./subject";
import type { Trial } from "./trial";

/** Points in the course of a creation: after that many milliseconds, or lines of its log. */
const cutsMs = [1, 40, 150, 500];
const cutLines = [1, 2, 3, 4, 5];

/**
 * Whatever vanishes outside is said, made again and removed: a component never stands in the way of its repair or of its
 * environment's end.
 */
export function testVanishing(trial: Trial, setup: ContractSetup): void {
  const { ref, apply, observe, expectAnswer } = trial;
  const signal = new AbortController().signal;

  it("lists what an environment owns, and nothing of what does not exist", async () => {
    const target = ref();
    await apply(target, trial.subject.desired({ greeting: "hello owned" }));
    const owned = await trial.cloud.listOwned(target.environmentId, signal);
    expect(owned.map((one) => one.component)).toContain(target.component);
    expect(await trial.cloud.listOwned(newRef().environmentId, signal)).toEqual([]);
  });

  it("leaves nothing of an environment whose creation was cut off anywhere, though no one recorded it", async () => {
    const cuts = [...cutsMs.map((ms) => ({ ms, lines: 0 })), ...cutLines.map((lines) => ({ ms: 0, lines }))];
    for (const cut of cuts) {
      const target = ref();
      const controller = new AbortController();
      if (cut.ms > 0) setTimeout(() => controller.abort(), cut.ms);
      const ctx = changeContext(trial.subject.files, undefined, controller.signal);
      const log = () => {
        ctx.lines.push("");
        if (ctx.lines.length === cut.lines) controller.abort();
      };
      const desired = trial.subject.desired({ greeting: "hello cut", replicas: 1 });
      await apply(target, desired, { ctx: { ...ctx, log } }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(DriverError);
      });
      await trial.cloud.removeEnvironment(target.environmentId, changeContext(trial.subject.files));
      expect(await trial.cloud.listOwned(target.environmentId, signal), JSON.stringify(cut)).toEqual([]);
      const left = await trial.subject.leftovers?.(target.environmentId);
      expect(left ?? [], JSON.stringify(cut)).toEqual([]);
    }
  }, 240_000);

  it("finds nothing wrong with what is whole, and says what is stopped", async (test) => {
    const target = ref();
    const desired = trial.subject.desired({ greeting: "hello whole" });
    const first = await apply(target, desired);
    expect(await trial.cloud.examine(target, desired)).toEqual([]);
    expect(await trial.cloud.probe(target, desired)).toBeNull();
    if (!trial.subject.kill) return test.skip("nothing can be killed from outside");
    await trial.subject.kill(target, first);
    const faults = await eventually(
      () => trial.cloud.examine(target, desired),
      (found) => found.length > 0,
    );
    expect(faults).toMatchObject([{ kind: "stopped", losesData: false }]);
  });

  it("says all of it is gone where it never was", async () => {
    const faults = await trial.cloud.examine(newRef(), trial.subject.desired({ greeting: "hello never" }));
    expect(faults.some((one) => one.kind === "gone")).toBe(true);
    expect(faults.some((one) => one.losesData)).toBe(setup.driver.kind !== "simulated");
  });

  it("makes again whatever vanished: same address, whole data kept, and removes it in every state", async (test) => {
    const ways = Object.entries(trial.subject.vanish ?? {});
    if (ways.length === 0) return test.skip("nothing can vanish");
    for (const [way, vanish] of ways) {
      const loses = trial.subject.losesData?.includes(way) ?? false;
      const target = ref();
      const desired = trial.subject.desired({ greeting: `hello ${way}` });
      const first = await apply(target, desired);
      const { write, read } = trial.subject;
      if (write && trial.cloud.exec) {
        const wrote = await trial.cloud.exec(target, { command: write("kept"), timeoutMs: 20_000 });
        expect(wrote.exitCode, wrote.stderr).toBe(0);
      }
      await vanish(target);
      const faults = await trial.cloud.examine(target, desired);
      expect(faults.length, way).toBeGreaterThan(0);
      expect(
        faults.some((one) => one.losesData),
        way,
      ).toBe(loses);
      const ctx = changeContext(trial.subject.files);
      const again = await apply(target, desired, { action: "recreate", ctx });
      expect(again, way).toMatchObject({ status: "running", external: first.external });
      expect(await trial.cloud.examine(target, desired), way).toEqual([]);
      await expectAnswer(again, `hello ${way}`);
      if (read && trial.cloud.exec) {
        const seen = await trial.cloud.exec(target, { command: read(), timeoutMs: 20_000 });
        expect(seen.stdout.includes("kept"), way).toBe(!loses);
      }
      // The same change once more adopts what the first made.
      const adopted = await apply(target, desired, { action: "recreate", ctx });
      expect(trial.subject.identity(adopted), way).toBe(trial.subject.identity(again));
      await vanish(target);
      await trial.cloud.removeEnvironment(target.environmentId, changeContext(trial.subject.files));
      expect(await trial.cloud.listOwned(target.environmentId, signal), way).toEqual([]);
      expect((await trial.subject.leftovers?.(target.environmentId)) ?? [], way).toEqual([]);
    }
  }, 240_000);

  it("is not done with what answers once and ends", async (test) => {
    if (!trial.subject.fleeting) return test.skip("nothing real answers");
    const target = ref();
    const failure = await apply(target, trial.subject.fleeting()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DriverError);
  });

  it("is not done before it passed for its window", async (test) => {
    if (!trial.subject.answers) return test.skip("nothing real answers");
    const target = ref();
    const health = {
      probe: { type: "http" as const, path: "/" },
      intervalMs: 1_000,
      timeoutMs: 2_000,
      failures: 2,
      graceMs: 10_000,
      windowMs: 1_500,
    };
    const desired = { ...trial.subject.desired({ greeting: "hello window" }), health };
    const made = await apply(target, desired);
    const aliveMs = (one: Present) => Date.now() - Date.parse(String(one.attributes.startedAt));
    expect(aliveMs(made)).toBeGreaterThanOrEqual(1_500);
    const ctx = { ...changeContext(trial.subject.files), desired };
    await trial.cloud.restart(target, ctx);
    expect(aliveMs(await observe(target))).toBeGreaterThanOrEqual(1_500);
  });

  it("asks every replica, not whichever answers first", async (test) => {
    if (!trial.subject.answers || !trial.has("scale")) return test.skip("nothing real answers");
    const target = ref();
    const health = {
      probe: { type: "http" as const, path: "/" },
      intervalMs: 1_000,
      timeoutMs: 2_000,
      failures: 2,
      graceMs: 10_000,
    };
    const desired = { ...trial.subject.desired({ greeting: "hello all", replicas: 2 }), health };
    await apply(target, desired);
    expect(await trial.cloud.probe(target, desired)).toBeNull();
    const ill = { ...desired, health: { ...health, probe: { ...health.probe, status: 418 } } };
    expect(await trial.cloud.probe(target, ill)).toContain("HTTP 200, expected 418");
  });
}
