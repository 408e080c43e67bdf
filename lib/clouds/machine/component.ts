import { appendFileSync, chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fillPlaceholders, plainText } from "@/lib/kernel/placeholders";
import type { RunChildOptions } from "@/lib/platform/exec/child";
import { type Mount, runConfined, type SandboxSpec } from "@/lib/platform/sandbox";
import { type ComponentRef, type DesiredComponent, refKey } from "../contract";
import { confinementOf, ownMounts, type Scope, searchPath } from "./isolation/confinement";
import type { ComponentPaths } from "./layout";
import { type Machine, pathsIn, placer, refVariable } from "./machine";
import { type ComponentRecord, type Ports, writeRecord } from "./record";
import { runtimeFor } from "./runtimes";
import type { LaunchInput, Runtime } from "./runtimes/runtime";
import { hideUrlPasswords } from "./sources/url-passwords";
import { type ProcessSpec, parseSpec } from "./spec";

/** A command of a component: what it sees and reaches beside the usual, and how it is run. */
export type RunOptions = Omit<
  RunChildOptions,
  "cwd" | "environment" | "uid" | "gid" | "extraStdio" | "onStart"
> & {
  environment?: Record<string, string> | undefined;
  mounts?: readonly Mount[];
  network?: Scope["network"];
  cwd?: string;
  replica?: string;
  /** Without the environment of the component, which its template writes. */
  bare?: boolean;
  /** Outside the component's limits of CPU and memory: for work of Rostrum's own, such as making a database cluster. */
  unlimited?: boolean;
};

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
    let clean = hideUrlPasswords(plainText(text));
    const named = [...Object.entries(this.spec.environment), ...Object.entries(this.spec.options)];
    for (const [name, value] of named) {
      const secret = plainText(String(value));
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
    return this.record.balanced || this.machine.networks ? "127.0.0.1" : this.machine.config.bind;
  }

  /** Where probes reach replicas. */
  get probeHost(): string {
    return this.record.balanced && !this.machine.networks ? "127.0.0.1" : this.machine.localHost;
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
      secrets: this.record.secrets,
      component: this,
      run: (command, options) => this.run(command, { ...options, network: "none", bare: true }),
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
      PATH: searchPath(this.machine, this.record.owner),
      HOME: this.paths.run,
      TMPDIR: this.paths.run,
      LANG: "C.UTF-8",
      HOST: this.replicaHost,
      ...(first === undefined ? {} : { PORT: String(ports[first]) }),
      ...Object.fromEntries(own),
      ...this.marks(replica),
    };
  }

  /** The network its processes live in. @throws Error where it has not been joined before */
  get network(): SandboxSpec["network"] {
    const { networks } = this.machine;
    if (!networks) return "host";
    const namespace = networks.find(this.ref.environmentId);
    if (namespace === null) throw new Error(`${this.ref.environmentName} has no network yet`);
    return { namespace };
  }

  /** Makes the network of its environment where it is missing: at the start, and after the host was started again. */
  async joinNetwork(): Promise<void> {
    await this.machine.networks?.ensure(this.ref.environmentId);
  }

  /** How its processes are confined. `mounts` are what they see beside the component's own directories. */
  confinement(mounts: readonly Mount[], scope: Partial<Scope> = {}): SandboxSpec {
    const own = { cwd: this.releaseDir, network: "component" as const, ...scope };
    return confinementOf(this, { ...own, mounts: [...ownMounts(this), ...mounts] });
  }

  /** Runs a command to its end as the component's processes run: same user, sight, environment and limits. */
  async run(
    command: readonly string[],
    {
      mounts = [],
      network = "component",
      cwd,
      replica = "r0",
      bare = false,
      unlimited = false,
      ...options
    }: RunOptions,
  ): Promise<Awaited<ReturnType<typeof runConfined>>> {
    const { machine, ref } = this;
    if (network === "component") await this.joinNetwork();
    const spec = this.confinement(mounts, { network, ...(cwd ? { cwd } : {}) });
    const { ROSTRUM_PROCESS: _slot, ...base } = bare ? this.marks(replica) : this.environment(replica);
    const environment = { ...base, ...options.environment };
    return await runConfined(
      machine.sandbox,
      spec,
      command,
      { ...options, environment },
      unlimited ? () => undefined : placer(machine, ref),
    );
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
  const { environment, root, releases, volumes, snapshots, config } = paths;
  for (const directory of [environment, root, releases, volumes, snapshots, config]) {
    mkdirSync(directory, { recursive: true });
    // Said again, because the mask of this process takes from the mode that mkdir is given.
    chmodSync(directory, 0o711);
  }
  mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
}
