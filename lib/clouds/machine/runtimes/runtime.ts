import type { Readable } from "node:stream";
import { plainText } from "@/lib/kernel/placeholders";
import type { ChildResult } from "@/lib/platform/exec/child";
import type { Mount } from "@/lib/platform/sandbox";
import type { Problem, Size } from "../../contract";
import type { ComponentHandle, RunOptions } from "../component";
import type { Owner } from "../data/files";
import type { ComponentPaths } from "../layout";
import type { Machine } from "../machine";
import type { ComponentRecord, Ports } from "../record";
import type { ProcessSpec } from "../spec";

/** What a runtime is told about the process it shall describe. */
export interface LaunchInput {
  machine: Machine;
  spec: ProcessSpec;
  size: Size;
  owner: Owner | null;
  paths: ComponentPaths;
  /** Directory of the release: the working directory. */
  dir: string;
  volumes: Record<string, string>;
  ports: Ports;
  /** Address to listen on. */
  host: string;
  /** Arguments with placeholders filled in. */
  args: string[];
  /** What Rostrum alone knows of the component; a change of it is kept with the next save of the record. */
  secrets: Record<string, string>;
  /** Runs a command as the component runs, without a network, to its end. */
  run(command: readonly string[], options: Omit<RunOptions, "network">): Promise<ChildResult>;
  /** The component itself, for work on its files. */
  component: ComponentHandle;
  signal?: AbortSignal | undefined;
  log(line: string): void;
}

export interface Launch {
  command: string[];
  environment?: Record<string, string>;
  cwd?: string;
  /** What it has to see beside its program and the component's own directories. */
  mounts?: Mount[];
}

/** A kind of program this cloud knows how to run. */
export interface Runtime {
  /** Whether its first port speaks HTTP, so that people get a link. */
  web: boolean;
  /** Whether several replicas make sense. */
  scalable: boolean;
  stopSignal: NodeJS.Signals;
  /** What this machine lacks for it. */
  validate(machine: Machine, spec: ProcessSpec): Problem[];
  /** Volumes it needs even where the manifest names none. */
  volumes?: readonly string[];
  /** Files of settings by name: written to the component's `config` directory before every start, read-only for it. */
  settings?(input: LaunchInput): Record<string, string>;
  /** Makes what must exist before the first start; safe to repeat. */
  initialize?(input: LaunchInput): Promise<void>;
  launch(input: LaunchInput): Launch;
  /** Whether it serves, where listening is not enough. Throws nothing. */
  isReady?(input: LaunchInput): Promise<boolean>;
  /** Once it serves: users, databases. Safe to repeat. */
  afterReady?(input: LaunchInput): Promise<void>;
  /** Whether a volume that it filled before lacks what it cannot start without. */
  isDamaged?(volume: string, directory: string): boolean;
  /** What to forget of the component before a volume's content is replaced by a copy. */
  beforeRestored?(record: ComponentRecord): void;
  /** A consistent copy of a volume while it runs, where freezing it is not the better way. */
  copyOut?(input: LaunchInput, volume: string, signal: AbortSignal): Readable | null;
}

/** A text option by any of its names; numbers and flags count as texts. */
export function textOption(spec: ProcessSpec, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = spec.options[name] ?? plainVariable(spec, name);
    if (value !== undefined && String(value) !== "") return String(value);
  }
  return undefined;
}

function plainVariable({ environment }: ProcessSpec, name: string): string | undefined {
  const value = environment[name];
  return value === undefined ? undefined : plainText(value);
}
