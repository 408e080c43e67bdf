import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { messageOf } from "@/lib/kernel/errors";
import {
  type ChangeContext,
  type ComponentRef,
  type DesiredComponent,
  DriverError,
  type RemoveResult,
} from "../../contract";
import { ComponentHandle } from "../component";
import { removeDirectory } from "../data/component-tree";
import type { Owner } from "../data/files";
import { listComponentDirectories, ownDirectories } from "../layout";
import { withLock } from "../lock";
import { groupName, type Machine, pathsIn } from "../machine";
import { listOwned } from "../owned";
import { findMembers, killMembers } from "../processes/members";
import { forgetMetrics } from "../processes/metrics";
import { adoptUnrecorded } from "../processes/processes";
import { type ComponentRecord, readRecord } from "../record";
import { endAll, newRecord } from "./change";
import { leadPorts } from "./converge";

const nothingDesired: DesiredComponent = {
  kind: "process",
  replicas: 1,
  size: { cpu: 0, memoryBytes: 0, storageBytes: 0 },
  spec: { program: "node" },
  filesDigest: "",
  health: null,
};

/** Its data goes too, so a program need not be given long to put it in order. */
const endGraceMs = 3_000;

/** Removes a component without a trace: processes, control group, directory, ports, user id. */
export async function removeComponent(
  machine: Machine,
  ref: ComponentRef,
  ctx: ChangeContext,
): Promise<RemoveResult> {
  return await withLock(machine.locks, ref, ctx.signal, async () => {
    const paths = pathsIn(machine, ref);
    await endGently(machine, ref, ctx);
    const owner = machine.uids?.ownerOf(ref) ?? null;
    await killMembers(machine, ref, owner);
    await machine.groups?.remove(groupName(machine, ref));
    await removeFiles(machine, ref, owner);
    machine.ports.freeOf(ref);
    await closeNetwork(machine, ref);
    const left = findMembers(machine, ref, owner).length;
    if (left > 0 || existsSync(paths.root)) {
      throw new DriverError("retryable", `${ref.component} is not completely deleted yet`);
    }
    machine.uids?.free(ref);
    forgetMetrics(machine, ref);
    return { state: "done" };
  });
}

/** The ports lead nowhere any more; with the last component its environment's network goes. */
async function closeNetwork(machine: Machine, { environmentId }: ComponentRef): Promise<void> {
  const others = listComponentDirectories(machine.root).some((one) => one.environmentId === environmentId);
  if (others) await leadPorts(machine, environmentId);
  else await machine.networks?.remove(environmentId);
}

/** What the component wrote is removed as its user; what is left then is Rostrum's own. */
async function removeFiles(machine: Machine, ref: ComponentRef, owner: Owner | null): Promise<void> {
  const paths = pathsIn(machine, ref);
  const component = new ComponentHandle(machine, ref, recordToRemove(paths.record, ref, owner));
  for (const directory of ownDirectories(paths)) await removeDirectory(component, directory);
  await rm(paths.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** The record, or, where it is damaged or gone, one that is good enough to remove files by. */
function recordToRemove(path: string, ref: ComponentRef, owner: Owner | null): ComponentRecord {
  const empty = newRecord(ref, nothingDesired, owner);
  try {
    return { ...empty, owner: readRecord(path)?.owner ?? owner };
  } catch (error) {
    if (error instanceof DriverError) return empty;
    throw error;
  }
}

async function endGently(machine: Machine, ref: ComponentRef, ctx: ChangeContext): Promise<void> {
  try {
    const record = readRecord(pathsIn(machine, ref).record);
    if (!record) return;
    const component = new ComponentHandle(machine, ref, { ...record, wanted: "stopped" }, ctx.log);
    component.save();
    await adoptUnrecorded(component);
    await endAll(component, endGraceMs);
  } catch (error) {
    // A damaged record, or one no longer understood, must not keep a component from being removed.
    ctx.log(`Removing ${ref.component} without a graceful stop: ${messageOf(error)}`);
  }
}

/**
 * Removes an environment's directory and whatever carries its mark, whichever part of it was deleted by hand.
 * @throws DriverError (retryable) that names what is still there after that
 */
export async function removeEnvironment(
  machine: Machine,
  environmentId: string,
  ctx: ChangeContext,
): Promise<void> {
  const probe = { environmentId, environmentName: environmentId, component: "none" };
  const components = new Set(listOwned(machine, environmentId).map((one) => one.component));
  for (const component of [...components].filter((name) => name !== "")) {
    await removeComponent(machine, { ...probe, component }, ctx);
  }
  // What a component could write went with it: the rest is what people put there.
  await rm(pathsIn(machine, probe).environment, { recursive: true, force: true });
  await machine.networks?.remove(environmentId);
  const left = listOwned(machine, environmentId);
  if (left.length === 0) return;
  const names = left.map((one) => `${one.type} ${one.name}`).join(", ");
  throw new DriverError("retryable", `Not deleted yet: ${names}.`);
}
