import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Machine } from "@/lib/clouds/machine/machine";
import { pauseReason, refuseUnconfined } from "@/lib/clouds/machine/unconfined";
import { reasonAgainstUnconfined } from "@/lib/features/clouds/unconfined";
import { resetConfig } from "@/lib/platform/config";
import { createWorld, type World } from "../support/world";

let world: World;
const settings = ["MACHINE_CLOUD", "HOST", "PUBLIC_URL"];
const before = new Map(settings.map((name) => [name, process.env[name]]));

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  configure(Object.fromEntries(before));
  await world.close();
});

function configure(values: Record<string, string | undefined>): void {
  for (const name of settings) {
    const value = values[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  resetConfig();
}

const demo = async (isDemo: boolean) => {
  await world.database.pool.query("UPDATE app_user SET is_demo = $1", [isDemo]);
};

describe("components that nothing isolates", () => {
  it("run beside a portal that is only tried out: on loopback, with demo data", async () => {
    await demo(true);
    configure({});
    expect(await reasonAgainstUnconfined()).toBeNull();
  });

  it("do not run beside a portal that others reach, or that is in use", async () => {
    configure({ HOST: "0.0.0.0" });
    expect(await reasonAgainstUnconfined()).toContain("other machines");
    configure({ PUBLIC_URL: "https://rostrum.example.com" });
    expect(await reasonAgainstUnconfined()).toContain("other machines");
    configure({});
    await demo(false);
    expect(await reasonAgainstUnconfined()).toContain("no demo data");
  });

  it("run all the same where the operator accepts it", async () => {
    configure({ MACHINE_CLOUD: "unsafe", HOST: "0.0.0.0" });
    expect(await reasonAgainstUnconfined()).toBeNull();
  });

  it("are told apart from isolated ones, with what would help", async () => {
    const machine = (level: string, reason: string | null) =>
      ({
        sandbox: { isolation: { level } },
        host: { reasonAgainstUnconfined: async () => reason },
      }) as unknown as Machine;
    const paused = machine("none", "the portal can be reached from other machines");
    expect(await pauseReason(paused)).toMatch(/^Paused: .*other machines.*bubblewrap.*MACHINE_CLOUD=unsafe/);
    await expect(refuseUnconfined(paused)).rejects.toMatchObject({ kind: "permanent" });
    expect(await pauseReason(machine("none", null))).toBeNull();
    for (const level of ["namespaces", "separate-users"]) {
      expect(await pauseReason(machine(level, "never asked"))).toBeNull();
    }
  });
});
