import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  environmentOf,
  listProcesses,
  type ProcessIdentity,
  type ProcessInfo,
  signalProcess,
} from "@/lib/platform/exec/process-table";

const killWaitMs = 10_000;

/** The directories of the machine cloud's components, or of one environment's. */
export function directoriesOf(dataDir: string, environmentId?: string): string[] {
  const below = (path: string) => (existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : []);
  return below(join(dataDir, "clouds"))
    .flatMap(below)
    .filter((path) => environmentId === undefined || basename(path) === environmentId)
    .flatMap((path) => (statSync(path).isDirectory() ? below(path) : []))
    .filter((path) => existsSync(join(path, "component.json")));
}

/** Process ids on the host of a component's replicas: inside, each has a numbering of its own. */
export function replicasOf(environmentId: string, component: string): number[] {
  return listProcesses().flatMap(({ pid }) => {
    const variables = environmentOf(pid);
    const isReplica =
      variables?.get("ROSTRUM_REF") === `${environmentId}/${component}` &&
      /^r\d+$/.test(variables.get("ROSTRUM_PROCESS") ?? "") &&
      variables.has("ROSTRUM_STARTED");
    return isReplica ? [pid] : [];
  });
}

/**
 * Every process of the machine cloud, or of one environment in it: those written down, those of the components' own
 * users, and whatever they started.
 */
export function processesOf(dataDir: string, environmentId?: string): ProcessInfo[] {
  const started = new Set<string>();
  const users = new Set<number>();
  for (const directory of directoriesOf(dataDir, environmentId)) {
    const record = JSON.parse(readFileSync(join(directory, "component.json"), "utf8")) as {
      processes: ProcessIdentity[];
      owner: { uid: number } | null;
    };
    for (const one of record.processes) started.add(keyOf(one));
    if (record.owner) users.add(record.owner.uid);
  }
  const all = listProcesses();
  const found = new Map(
    all.filter((one) => started.has(keyOf(one)) || users.has(one.uid)).map((one) => [one.pid, one]),
  );
  for (let grown = true; grown; ) {
    const children = all.filter((one) => found.has(one.parent) && !found.has(one.pid));
    for (const child of children) found.set(child.pid, child);
    grown = children.length > 0;
  }
  return [...found.values()];
}

/** What a power failure does to the machine cloud: all at once, without a chance to say goodbye. */
export async function killMachineCloud(dataDir: string): Promise<number> {
  const killed = new Set<number>();
  const endMs = Date.now() + killWaitMs;
  for (let left = processesOf(dataDir); left.length > 0; left = processesOf(dataDir)) {
    if (Date.now() > endMs) throw new Error(`Cannot be ended: ${left.map((one) => one.pid).join(", ")}`);
    for (const one of left) if (signalProcess(one, "SIGKILL")) killed.add(one.pid);
    await sleep(50);
  }
  return killed.size;
}

/** Whether anybody takes connections at a port of this machine: 127.0.0.2 is where environments with a network answer. */
export async function listens(port: number): Promise<boolean> {
  return (await answersAt("127.0.0.1", port)) || (await answersAt("127.0.0.2", port));
}

async function answersAt(host: string, port: number): Promise<boolean> {
  return await new Promise((done) => {
    const socket = connect(port, host);
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}

const keyOf = ({ pid, start }: ProcessIdentity): string => `${pid} ${start}`;
