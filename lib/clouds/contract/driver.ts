import type { ZodType } from "zod";
import type { Allowances } from "../allowances";
import type { Capability, ImplementationKind } from "./component";
import type { CloudConnection } from "./connection";

/** What the host gives a driver when a connection is opened. */
export interface DriverHost {
  /** Stable id of the cloud, for names and directories. */
  cloudId: string;
  /** Directory only this cloud writes to. */
  dataDir: string;
  /** Where executables reachable for unprivileged users live. */
  runtimeDir: string;
  /** Decrypted credentials of the cloud. */
  credentials: Record<string, string>;
  log(level: "info" | "warn", message: string): void;
  /**
   * Why components must not run where nothing keeps them from reading what Rostrum can; null when they may. Asked by
   * drivers that run them beside Rostrum. Absent: they may.
   */
  reasonAgainstUnconfined?(): Promise<string | null>;
}

export interface Driver {
  kind: string;
  title: string;
  implementations: readonly ImplementationKind[];
  capabilities: ReadonlySet<Capability>;
  /** Validates the cloud's configuration; its JSON Schema draws the administrator's form. */
  configSchema: ZodType<Record<string, unknown>>;
  /** What components may ask of a cloud with this configuration; `facts` are those of its last check, if any. */
  allowances(config: Record<string, unknown>, facts: Record<string, string>): Allowances;
  /** The setting that holds the host of links to components; absent where nothing real is linked to. */
  addressField?: string;
  open(config: Record<string, unknown>, host: DriverHost): Promise<CloudConnection>;
}
