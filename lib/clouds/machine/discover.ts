import { statSync } from "node:fs";
import { join } from "node:path";
import { type ComponentRef, type Discovered, refKey } from "../contract";
import { listComponentDirectories } from "./layout";
import { type Machine, refVariable } from "./machine";
import { findMarked } from "./processes/members";
import { readRecord } from "./record";

/**
 * Every component directory, every marked process without one, and every reserved port without one. What carries no
 * readable record is a stranger.
 */
export async function* discover(machine: Machine, signal: AbortSignal): AsyncGenerator<Discovered> {
  const known = new Set<string>();
  for (const { environmentId, component } of listComponentDirectories(machine.root)) {
    if (signal.aborted) return;
    const key = `${environmentId}/${component}`;
    const directory = join(machine.root, environmentId, component);
    const record = readIfWhole(join(directory, "component.json"));
    if (record) known.add(key);
    yield {
      externalId: key,
      name: record ? `${record.ref.environmentName}/${component}` : key,
      type: record ? "component" : "directory",
      ref: record?.ref ?? null,
      createdAt: record ? new Date(record.createdAt) : createdAt(directory),
    };
  }
  const orphans = new Map<string, Discovered>();
  for (const { info, variables } of findMarked(machine)) {
    const key = variables.get(refVariable) ?? "";
    if (known.has(key) || orphans.has(key)) continue;
    orphans.set(key, {
      externalId: `pid ${info.pid}`,
      name: key,
      type: "process",
      ref: refOf(key, variables.get("ROSTRUM_ENVIRONMENT")),
      createdAt: null,
    });
  }
  for (const { ref: key, port } of machine.ports.list()) {
    if (known.has(key) || orphans.has(key)) continue;
    orphans.set(key, {
      externalId: `port ${port}`,
      name: key,
      type: "port",
      ref: refOf(key, undefined),
      createdAt: null,
    });
  }
  for (const orphan of orphans.values()) {
    if (signal.aborted) return;
    yield orphan;
  }
}

function readIfWhole(path: string) {
  try {
    const record = readRecord(path);
    return record && refKey(record.ref) !== "" ? record : null;
  } catch {
    // Damaged: shown as a directory no one answers for.
    return null;
  }
}

function createdAt(directory: string): Date | null {
  return statSync(directory, { throwIfNoEntry: false })?.birthtime ?? null;
}

function refOf(key: string, environmentName: string | undefined): ComponentRef | null {
  const [environmentId, component] = key.split("/");
  if (!environmentId || !component) return null;
  return { environmentId, component, environmentName: environmentName ?? environmentId };
}
