import { readFileSync } from "node:fs";
import type { ProcessIdentity } from "@/lib/platform/exec/process-table";
import type { IsolationLevel } from "@/lib/platform/sandbox";
import { type ComponentRef, type DesiredComponent, DriverError } from "../contract";
import { type Owner, writeAtomically } from "./data/files";

export type Ports = Record<string, number>;

/** One process Rostrum started directly. `pid` is 0 from the intent to the start. */
export interface ProcessRecord extends ProcessIdentity {
  /** The process that was spawned and waits for this one's namespaces to end; the process itself where there are none. */
  keeper: ProcessIdentity | null;
  /** How it was confined when it was started; absent when it was not, by an earlier version. */
  isolation?: IsolationLevel;
  /** Whether it lives in a network of its environment's own. */
  ownNetwork?: boolean;
  /** `r0`, `r1` … for replicas, `balancer`. */
  name: string;
  /** Digest of how it was started: another one is wanted when this differs. */
  launch: string;
  startedAt: string;
  /** Real ports it listens on. */
  ports: number[];
}

/** Everything known about a component, in component.json: read by every worker, kept by no process. */
export interface ComponentRecord {
  format: 1;
  ref: ComponentRef;
  desired: DesiredComponent;
  /** Key and digest of the change completed last. */
  applied: { key: string; digest: string } | null;
  /** The change under way, written before its first outside act. */
  intent: { key: string; digest: string; at: string; cleared: boolean } | null;
  wanted: "running" | "stopped";
  owner: Owner | null;
  /** Where people reach its logical ports. */
  ports: Ports;
  /** Whether a balancer holds `ports` and the replicas have ports of their own. */
  balanced: boolean;
  /** Index of a replica → its own ports, when balanced. */
  replicaPorts: Record<string, Ports>;
  /** Directory below `releases` with its files, and the digest of what they were made from. */
  release: { name: string; digest: string } | null;
  /** Digest of the environment the prepare commands last ran with. */
  prepared: string | null;
  processes: ProcessRecord[];
  /** Ports of this host that it needs: of components of its environment in other clouds. */
  links: number[];
  /** What Rostrum alone knows of it, such as the superuser's password of its database. */
  secrets: Record<string, string>;
  createdAt: string;
  failure: string | null;
}

/** Null when there is no such component. @throws DriverError when the file cannot be understood. */
export function readRecord(path: string): ComponentRecord | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
  try {
    // Written by an earlier version, it lacks what has come since.
    const record = JSON.parse(text) as ComponentRecord;
    const isWhole = Boolean(record?.ref && record.desired?.spec) && Array.isArray(record.processes);
    if (!isWhole) throw new Error("parts are missing");
    record.secrets ??= {};
    record.links ??= [];
    return record;
  } catch (cause) {
    throw new DriverError("unknown", `${path} is damaged`, {
      cause,
      hint: "Repair the environment to recreate it.",
    });
  }
}

/** Null also for a record that cannot be understood: where many are looked at, one must not hide the others. */
export function findRecord(path: string): ComponentRecord | null {
  try {
    return readRecord(path);
  } catch (error) {
    if (error instanceof DriverError) return null;
    throw error;
  }
}

export function writeRecord(path: string, record: ComponentRecord): void {
  writeAtomically(path, JSON.stringify(record), 0o600);
}
