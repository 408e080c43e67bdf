import { appendFileSync, chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "@/lib/platform/exec/find-program";
import { type ComponentRef, type DesiredComponent, refKey } from "../contract";
import type { ComponentPaths } from "./layout";
import { type Machine, pathsIn, refVariable } from "./machine";
import { type ComponentRecord, type Ports, writeRecord } from "./record";
import { runtimeFor } from "./runtimes";
import type { LaunchInput, Runtime } from "./runtimes/runtime";
import { fillPlaceholders, type ProcessSpec, parseSpec } from "./spec";

/** A component under the hand of one call that holds its lock (or only reads): record, spec, paths and runtime. */
export class ComponentHandle {
  readonly paths: ComponentPaths;
  spec: ProcessSpec;
  runtime: Runtime;

  constructor(
    readonly machine: Machine,
    readonly ref: ComponentRef,
    readonly record: ComponentRecord,
    private readonly sink: (line: string) => void = () => undefined,
    readonly signal?: AbortSignal,
  ) {
    this.paths = pathsIn(machine, ref);
    this.spec = parseSpec(record.desired);
    this.runtime = runtimeFor(this.spec.program);
  }

  /** Takes another desired state into memory; `save` makes it count. */
  want(desired: DesiredComponent): void {
    this.record.desired = desired;
    this.spec = parseSpec(desired);
    this.runtime = runtimeFor(this.spec.program);
  }

  save(): void {
    writeRecord(this.paths.record, this.record);
  }

  /** One line for the run's log and the component's own. */
  log(line: string): void {
    const clean = this.redact(line);
    this.sink(clean);
    if (existsSync(this.paths.logs)) appendFileSync(this.paths.log, `[rostrum] ${clean}\n`, { mode: 0o600 });
  }

  /** Takes out the values that look like secrets by the names they have. */
  redact(text: string): string {
    let clean = text.replace(/(\w+:\/\/[^\s:/@]*:)[^\s@/]+@/g, "$1•••@");
    const named = [...Object.entries(this.spec.environment), ...Object.entries(this.spec.options)];
    for (const [name, value] of named) {
      const secret = String(value);
      if (secret.length >= 4 && /pass|secret|token|key|credential|_url$|dsn|auth/i.test(name)) {
        clean = clean.replaceAll(secret, "•••");
      }
    }
    return clean;
  }

  get releaseDir(): string {
    return join(this.paths.releases, this.record.release?.name ?? "0");
  }

  /** Volume name → directory, those the runtime needs by itself included. */
  get volumes(): Record<string, string> {
    const names = [...this.spec.volumes.map((volume) => volume.name), ...(this.runtime.volumes ?? [])];
    return Object.fromEntries([...new Set(names)].map((name) => [name, join(this.paths.volumes, name)]));
  }

  get replicaNames(): string[] {
    return Array.from({ length: Math.max(1, this.record.desired.replicas) }, (_, index) => `r${index}`);
  }

  /** A process as people know it: "the process", "replica 2", "the balancer". */
  spoken(name: string): string {
    const replica = /^r(\d+)$/.exec(name)?.[1];
    if (replica === undefined) return "the balancer";
    return this.replicaNames.length === 1 && replica === "0"
      ? "the process"
      : `replica ${Number(replica) + 1}`;
  }

  portsOf(replica: string): Ports {
    return this.record.balanced ? (this.record.replicaPorts[replica] ?? {}) : this.record.ports;
  }

  /** Where replicas listen: only the balancer needs to reach them when there is one. */
  get replicaHost(): string {
    return this.record.balanced ? "127.0.0.1" : this.machine.config.bind;
  }

  /** Where probes reach replicas. */
  get probeHost(): string {
    return this.record.balanced ? "127.0.0.1" : this.machine.localHost;
  }

  launchInput(replica: string): LaunchInput {
    const values = { ports: this.portsOf(replica), dir: this.releaseDir, volumes: this.volumes };
    return {
      machine: this.machine,
      spec: this.spec,
      size: this.record.desired.size,
      owner: this.record.owner,
      paths: this.paths,
      dir: this.releaseDir,
      volumes: this.volumes,
      ports: values.ports,
      host: this.replicaHost,
      args: this.spec.args.map((arg) => fillPlaceholders(arg, values)),
      signal: this.signal,
      log: (line) => this.log(line),
    };
  }

  /** The whole environment of a process of this component: nothing of Rostrum's own is in it. */
  environment(replica: string): Record<string, string> {
    const ports = this.portsOf(replica);
    const values = { ports, dir: this.releaseDir, volumes: this.volumes };
    const own = Object.entries(this.spec.environment).map(([name, value]) => [
      name,
      fillPlaceholders(value, values),
    ]);
    const first = this.spec.ports[0];
    return {
      PATH: programPath(),
      HOME: this.paths.run,
      TMPDIR: this.paths.run,
      LANG: "C.UTF-8",
      HOST: this.replicaHost,
      ...(first === undefined ? {} : { PORT: String(ports[first]) }),
      ...Object.fromEntries(own),
      ...this.marks(replica),
    };
  }

  /** Marks by which a process is found again when its start was not written down. */
  marks(name: string): Record<string, string> {
    return {
      ROSTRUM_CLOUD: this.machine.cloudMark,
      [refVariable]: refKey(this.ref),
      ROSTRUM_ENVIRONMENT: this.ref.environmentName,
      ROSTRUM_KEY: this.record.intent?.key ?? this.record.applied?.key ?? "",
      ROSTRUM_PROCESS: name,
    };
  }
}

/** Directories that everybody may pass and only Rostrum may list. */
export function makeComponentDirectories(paths: ComponentPaths): void {
  for (const directory of [paths.environment, paths.root, paths.releases, paths.volumes]) {
    // Explicitly, because the umask of Rostrum's processes keeps everybody else out.
    if (mkdirSync(directory, { recursive: true }) !== undefined) chmodSync(directory, 0o711);
  }
  mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
}
