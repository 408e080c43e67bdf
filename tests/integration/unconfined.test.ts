import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CloudConnection, ComponentRef } from "@/lib/clouds/contract";
import { connectTo, machineDriver } from "@/lib/clouds/machine";
import type { MachineConfig } from "@/lib/clouds/machine/config";
import { pauseReason, refuseUnconfined } from "@/lib/clouds/machine/isolation/unconfined";
import { type Machine, openMachine as openMachineItself } from "@/lib/clouds/machine/machine";
import { reasonAgainstUnconfined } from "@/lib/features/clouds/unconfined";
import { resetConfig } from "@/lib/platform/config";
import { changeContext } from "../support/cloud-changes";
import { processComponent, webFiles, webProcess } from "../support/machine-cloud";
import { openMachine } from "../support/open-machine";
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

describe("a machine cloud that is paused", () => {
  const machine = openMachine([21_200, 21_209]);
  const update = processComponent({ ...webProcess, environment: { GREETING: "changed" } });
  const signal = new AbortController().signal;
  const tar = () => Readable.from([Buffer.alloc(1_024)]);

  /** Every way in that would start something of a component. */
  const entries: [string, (cloud: CloudConnection, target: ComponentRef) => Promise<unknown>][] = [
    ["create", (cloud, target) => cloud.apply(target, "create", update, changeContext(webFiles))],
    ["update", (cloud, target) => cloud.apply(target, "update", update, changeContext(webFiles))],
    ["replace", (cloud, target) => cloud.apply(target, "replace", update, changeContext(webFiles))],
    ["restart", (cloud, target) => cloud.restart(target, changeContext(webFiles))],
    ["start", async (cloud, target) => await cloud.start?.(target, changeContext(webFiles))],
    [
      "exec",
      async (cloud, target) => await cloud.exec?.(target, { command: ["node", "-v"], timeoutMs: 5_000 }),
    ],
    ["copyIn", async (cloud, target) => await cloud.copyIn?.(target, "data", tar(), signal)],
  ];

  it.each(entries)("starts nothing by %s, and leaves what runs alone", async (_name, enter) => {
    const host = {
      cloudId: "cld_paused",
      dataDir: join(machine.trial.root, "data"),
      runtimeDir: join(machine.trial.root, "runtime"),
      credentials: {},
      log: () => undefined,
      reasonAgainstUnconfined: async () => "the portal can be reached from other machines",
    };
    const config = machineDriver.configSchema.parse({ portRange: [21_200, 21_209] }) as MachineConfig;
    const open = await openMachineItself(config, host);
    const isolation = { ...open.sandbox.isolation, level: "none" as const };
    const paused = connectTo({ ...open, sandbox: { ...open.sandbox, isolation } });
    const spec = { ...webProcess, volumes: ["data:/data"] };
    const [running, stopped] = [machine.ref(), machine.ref()];
    const seen = await machine.create(running, spec);
    await machine.create(stopped, spec);
    await machine.cloud.stop?.(stopped, changeContext(webFiles));
    try {
      for (const target of [running, stopped, machine.ref()]) {
        await expect(enter(paused, target)).rejects.toMatchObject({
          kind: "permanent",
          message: expect.stringMatching(/^Paused: /),
        });
      }
    } finally {
      await paused.close?.();
    }
    expect(await machine.cloud.observe(running)).toMatchObject({
      status: "running",
      attributes: { pid: seen.attributes.pid },
    });
    expect(await machine.cloud.observe(stopped)).toMatchObject({ status: "stopped" });
    await machine.cloud.remove(running, changeContext(webFiles));
    await machine.cloud.remove(stopped, changeContext(webFiles));
  });
});
