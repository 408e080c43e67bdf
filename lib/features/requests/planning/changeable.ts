import type { EnvironmentRow } from "@/lib/features/environments";
import { AppError } from "@/lib/kernel/errors";
import { operationOf } from "../operations";
import type { RequestKind } from "../schema";

/**
 * Whether an environment can be changed like that at all.
 * @throws AppError conflict
 */
export function requireChangeable(row: EnvironmentRow, kind: RequestKind, nowMs = Date.now()): void {
  if (row.status === "destroyed")
    throw new AppError("conflict", "The environment was destroyed and can’t be changed.");
  if (row.status === "pending") {
    throw new AppError(
      "conflict",
      "The environment is pending approval and doesn’t exist yet. Cancel its request instead.",
    );
  }
  const { needs } = operationOf(kind);
  if (row.status === "stopped" && needs.running)
    throw new AppError("conflict", "The environment is stopped. Start it first.");
  const over = row.leaseEndsAt !== null && row.leaseEndsAt.getTime() <= nowMs;
  const starts = needs.lease === "always" || (needs.lease === "when stopped" && row.status === "stopped");
  if (over && starts) {
    throw new AppError("conflict", "The lease has expired. Extend it before starting the environment.");
  }
}
