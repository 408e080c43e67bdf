import type { EnvironmentStatus } from "@/gen/kysely/enums";
import type { RunKind } from "@/lib/engine/run";
import type { Tx } from "@/lib/platform/db";
import { clearUnfinishedDigests, readStatusesAfter } from "./ended.sql";

interface Failure {
  runId: string;
  environmentId: string;
  kind: RunKind;
}

/**
 * What environments are after runs that failed or were canceled. An environment that was ready once stays usable: it is
 * stopped when everything of it is, and running otherwise; monitoring tells how healthy. Only a creation that never
 * succeeded, and a destruction that has already removed something, leave it failed.
 * @returns statuses by environment id
 */
export async function statusesAfterFailures(
  tx: Tx,
  failures: readonly Failure[],
): Promise<Map<string, EnvironmentStatus>> {
  if (failures.length === 0) return new Map();
  const rows = await readStatusesAfter(tx, failures);
  return new Map(rows.map((row) => [row.id, row.status]));
}

/**
 * A component whose change began and did not end may be in the old state, in the new one or in neither. It loses the
 * digest of what was applied last, so that the next plan applies what is wanted instead of believing that it is there.
 */
export async function markUnfinished(tx: Tx, failures: readonly Failure[]): Promise<void> {
  if (failures.length === 0) return;
  await clearUnfinishedDigests(
    tx,
    failures.map((one) => one.runId),
  );
}
