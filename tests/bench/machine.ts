import { setTimeout as sleep } from "node:timers/promises";
import type { CloudConnection, ComponentRef, DesiredComponent } from "@/lib/clouds/contract";
import { changeContext, newRef } from "../support/cloud-changes";
import { machineTrial, processComponent, webFiles, webProcess } from "../support/machine-cloud";
import { median, type Row } from "./report";

const times = 5;
const mebibyte = 2 ** 20;
const web = processComponent(webProcess, { size: { cpu: 0.25, memoryBytes: 192 * mebibyte } });
const unlimited = processComponent(webProcess);
const database = processComponent(
  {
    program: "postgres",
    ports: [5432],
    volumes: ["data:/data"],
    options: { user: "app", password: "of-the-benchmark", database: "shop" },
  },
  { size: { cpu: 0.25, memoryBytes: 256 * mebibyte } },
);

/**
 * The machine cloud's driver alone: components with the sizes of the template "Web app with PostgreSQL", one after the
 * other as it needs them, until each serves; and a process of Node that is started again after it was killed.
 */
export async function benchMachine(): Promise<Row[]> {
  const trial = machineTrial([46_000, 46_999]);
  const cloud = await trial.open();
  const measured: Record<"both" | "web" | "database" | "restart" | "limitless", number[]> = {
    both: [],
    web: [],
    database: [],
    restart: [],
    limitless: [],
  };
  const time = async (row: keyof typeof measured, work: () => Promise<unknown>) => {
    const startedMs = performance.now();
    await work();
    measured[row].push((performance.now() - startedMs) / 1_000);
  };
  try {
    for (let index = 0; index < times; index += 1) {
      const ref = newRef("web");
      const beside = { ...ref, component: "database" };
      await time("both", async () => {
        await time("database", () => create(cloud, beside, database));
        await time("web", () => create(cloud, ref, web));
      });
      await killMain(cloud, ref);
      await time("restart", () => cloud.restart(ref, changeContext(webFiles)));
      const free = { ...ref, component: "limitless" };
      await create(cloud, free, unlimited);
      await killMain(cloud, free);
      await time("limitless", () => cloud.restart(free, changeContext(webFiles)));
      for (const one of [free, ref, beside]) await cloud.remove(one, changeContext(webFiles));
      await cloud.removeEnvironment(ref.environmentId, changeContext(webFiles));
    }
  } finally {
    await cloud.close();
    trial.dispose();
  }
  const row = (what: string, all: number[]) => ({ what, value: median(all), unit: "s", all });
  return [
    { ...row("web app with PostgreSQL, created until both serve", measured.both), target: 4 },
    row("  of that: PostgreSQL, 0.25 cores", measured.database),
    row("  of that: the web app, 0.25 cores", measured.web),
    row("the web app started again after a kill, 0.25 cores", measured.restart),
    row("the same without a CPU limit", measured.limitless),
  ];
}

async function create(cloud: CloudConnection, ref: ComponentRef, desired: DesiredComponent): Promise<void> {
  await cloud.apply(ref, "create", desired, changeContext(webFiles));
}

async function killMain(cloud: CloudConnection, ref: ComponentRef): Promise<void> {
  const seen = await cloud.observe(ref);
  if (!seen.present) throw new Error(`${ref.component} is not there`);
  process.kill(Number(seen.attributes.pid), "SIGKILL");
  // Until its last process is gone.
  await sleep(300);
}
