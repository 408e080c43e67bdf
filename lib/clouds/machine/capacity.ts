import { statfsSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { messageOf } from "@/lib/kernel/errors";
import type { CloudHealth, Size } from "../contract";
import { notIsolated } from "./isolation/unconfined";
import { listComponentDirectories } from "./layout";
import type { Machine } from "./machine";
import { describeLimits } from "./observe";
import { findRecord } from "./record";

/** Whether the cloud can be written to, what the machine has and what its components were promised of it. */
export function checkMachine(machine: Machine, paused: string | null): CloudHealth {
  const version = `${process.platform} ${release()}`;
  const facts = {
    directory: machine.root,
    kernel: version,
    limits: describeLimits(machine),
    isolation: machine.sandbox.isolation.level.replace("-", " "),
    ...describeIsolation(machine),
    network: machine.networks ? "isolated" : `shared (${machine.networkReason})`,
    users: machine.uids ? "one per component" : "Rostrum’s own",
    ports: machine.config.portRange.join("–"),
  };
  try {
    const total = totalOf(machine);
    const promised = promisedOf(machine);
    const disk = statfsSync(machine.root);
    const free: Size = {
      cpu: Math.max(0, total.cpu - promised.cpu),
      memoryBytes: Math.max(0, total.memoryBytes - promised.memoryBytes),
      storageBytes: Math.max(
        0,
        Math.min(total.storageBytes - promised.storageBytes, disk.bavail * disk.bsize),
      ),
    };
    const [first, last] = machine.config.portRange;
    const range = last - first + 1;
    const ports = { total: range, free: Math.max(0, range - machine.ports.list().length) };
    if (paused) return { ok: false, message: paused, version, capacity: { total, free }, ports, facts };
    const message = machine.sandbox.isolation.level === "none" ? notIsolated : "Ready";
    return { ok: true, message, version, capacity: { total, free }, ports, facts };
  } catch (error) {
    return { ok: false, message: messageOf(error), version, capacity: null, facts };
  }
}

function describeIsolation({ sandbox }: Machine): Record<string, string> {
  const { level, tool, seccomp, reason } = sandbox.isolation;
  if (reason) return { [level === "none" ? "not isolated because" : "isolation limited by"]: reason };
  return { "isolated by": seccomp ? `${tool} with a system call filter` : `${tool}` };
}

function totalOf({ config, root }: Machine): Size {
  const disk = statfsSync(root);
  return {
    cpu: config.capacity.cpu ?? cpus().length,
    memoryBytes: config.capacity.memoryBytes ?? totalmem(),
    storageBytes: config.capacity.storageBytes ?? disk.blocks * disk.bsize,
  };
}

/** What existing components were given. Stopped ones keep their storage only. */
function promisedOf({ root }: Machine): Size {
  const sum: Size = { cpu: 0, memoryBytes: 0, storageBytes: 0 };
  for (const { environmentId, component } of listComponentDirectories(root)) {
    const record = findRecord(join(root, environmentId, component, "component.json"));
    if (!record) continue;
    const { size, replicas } = record.desired;
    // Replicas share the volumes of their component.
    sum.storageBytes += size.storageBytes;
    if (record.wanted === "stopped") continue;
    sum.cpu += size.cpu * replicas;
    sum.memoryBytes += size.memoryBytes * replicas;
  }
  return sum;
}
