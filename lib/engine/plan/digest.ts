import { digestOf } from "@/lib/kernel/canonical";
import type { PlanChange } from "./types";

/** Everything an approver says yes to. A plan whose digest no longer matches was altered and is refused. */
export interface PlanBody {
  environmentId: string;
  kind: string;
  templateVersionId: string;
  baseGeneration: number;
  /** Without secret ones. */
  parameters: unknown;
  /** Keyed hash of the secret parameters; undefined when there are none. */
  secrets?: string | undefined;
  changes: readonly PlanChange[];
  cost: unknown;
  verdicts: unknown;
  lease: unknown;
  /** Data, backups and addresses that are lost; undefined in plans from before they were told. */
  losses?: unknown;
}

/** The digest approvals are bound to: SHA-256 over the canonical JSON of the plan's body. */
export function planDigest(body: PlanBody): string {
  return digestOf(body);
}
