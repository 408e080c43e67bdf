import type { Readable } from "node:stream";
import type { Problem, Size } from "../../contract";
import type { Owner } from "../files";
import type { ComponentPaths } from "../layout";
import type { Machine } from "../machine";
import type { Ports } from "../record";
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
  signal?: AbortSignal | undefined;
  log(line: string): void;
}

export interface Launch {
  command: string[];
  environment?: Record<string, string>;
  cwd?: string;
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
  /** Makes what must exist before the first start; safe to repeat. */
  initialise?(input: LaunchInput): Promise<void>;
  launch(input: LaunchInput): Launch;
  /** Whether it serves, where listening is not enough. Throws nothing. */
  isReady?(input: LaunchInput): Promise<boolean>;
  /** Once it serves: users, databases. Safe to repeat. */
  afterReady?(input: LaunchInput): Promise<void>;
  /** A consistent copy of a volume while it runs, where freezing it is not the better way. */
  copyOut?(input: LaunchInput, volume: string, signal: AbortSignal): Readable | null;
}

/** A text option by any of its names; numbers and flags count as texts. */
export function textOption(spec: ProcessSpec, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = spec.options[name] ?? spec.environment[name];
    if (value !== undefined && String(value) !== "") return String(value);
  }
  return undefined;
}
