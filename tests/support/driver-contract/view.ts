import { expect, it } from "vitest";
import { refKey } from "@/lib/clouds/contract";
import { newRef } from "../cloud-changes";
import type { ContractSetup } from "./subject";
import type { Trial } from "./trial";

/** What the driver says of its cloud: that it is well, what it can run, what stands in it. */
export function testView(trial: Trial, setup: ContractSetup): void {
  const { ref, apply } = trial;

  it("says that it is well, what version it is and how much room it has", async () => {
    const health = await trial.cloud.check();
    expect(health.ok, health.message).toBe(true);
    expect(health.version).not.toBe("");
    if (health.capacity) {
      expect(health.capacity.total.memoryBytes).toBeGreaterThanOrEqual(health.capacity.free.memoryBytes);
    }
  });

  it("refuses a wrong configuration", async () => {
    expect(setup.driver.configSchema.safeParse(setup.badConfig).success).toBe(false);
  });

  it("accepts what it can run and names what it cannot", async (test) => {
    expect(await trial.cloud.validate(trial.subject.desired({ greeting: "hello" }))).toEqual([]);
    if (setup.driver.implementations.includes("heat")) return test.skip("it runs everything");
    const strange = { ...trial.subject.desired({ greeting: "hello" }), kind: "heat" as const };
    expect((await trial.cloud.validate(strange)).length).toBeGreaterThan(0);
  });

  it("says of what is absent that it is absent", async () => {
    expect(await trial.cloud.observe(newRef())).toEqual({ present: false });
  });

  it("discovers its own and strangers", async (test) => {
    const target = ref();
    await apply(target, trial.subject.desired({ greeting: "hello found" }));
    const found = await trial.discover();
    expect(found.some((one) => one.ref && refKey(one.ref) === refKey(target))).toBe(true);
    if (!trial.subject.stranger) return test.skip("a stranger cannot be made; own ones were found");
    const stranger = await trial.subject.stranger();
    try {
      const all = await trial.discover();
      expect(all.filter((one) => stranger.isIt(one) && one.ref === null)).toHaveLength(1);
    } finally {
      await stranger.remove();
    }
  });
}
