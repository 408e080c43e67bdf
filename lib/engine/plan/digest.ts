import type { RequestKind } from "@/gen/kysely/enums";
import { digestOf } from "@/lib/kernel/canonical";
import type { PlanChange } from "./types";

/** Everything an approver says yes to. A plan whose digest no longer matches was altered and is refused. */
export interface PlanBody {
  environmentId: string;
  kind: RequestKind;
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
  /** Cloud and kind of each component, and why; both undefined in plans from before they were signed. */
  placement?: unknown;
  reasons?: unknown;
  /** What the run is given beside the plan: the backup it restores, the action it runs. Undefined in such plans too. */
  context?: unknown;
}

/** The digest approvals are bound to: SHA-256 over the canonical JSON of the plan's body. */
export function planDigest(body: PlanBody): string {
  return digestOf(body);
}
