import type { PlanChange } from "@/lib/engine/plan";
import { type EnvironmentContext, getEnvironmentRow } from "@/lib/features/environments";
import type { Loss, RequestKind } from "../schema";

/** Version and parameters of an environment before a change. */
export interface Previous {
  version: string;
  parameters: Record<string, unknown>;
}

/**
 * What a run has to know of the time before it: how to back up what it deletes and to copy what it moves is said by the
 * version that is left.
 */
export function previousOf(
  losses: readonly Loss[],
  changes: readonly PlanChange[],
  previous: Previous | null,
): { previous?: Previous } {
  const needed = losses.some((one) => one.safetyCopy) || changes.some((one) => one.carries === "dump");
  return previous && needed ? { previous } : {};
}

/** The same of an environment that was loaded; null for a new one. */
export function previousIn(context: EnvironmentContext | null): Previous | null {
  return context && { version: context.version.id, parameters: context.row.parameters };
}

/** The present version and parameters of the environment that a waiting request would change. */
export async function presentOf(row: { kind: RequestKind; environmentId: string }): Promise<Previous | null> {
  if (row.kind === "create") return null;
  const { templateVersionId, parameters } = await getEnvironmentRow(row.environmentId);
  return { version: templateVersionId, parameters };
}
