import type { ClientBase } from "pg";
import { compileParameters } from "@/lib/engine/parameters";
import { generatedSecrets, type Placed, type PlanChange } from "@/lib/engine/plan";
import { createRun } from "@/lib/engine/run";
import type { LoadedVersion } from "@/lib/features/catalog";
import { secretContext } from "@/lib/features/environments";
import { convertReservation } from "@/lib/features/quotas";
import { AppError } from "@/lib/kernel/errors";
import { newSecret, seal, unseal } from "@/lib/platform/crypto";
import { stepsWithEnds } from "./run-ends";
import type { Loss, PlanCost } from "./schema";

export interface RunInput {
  kind: string;
  environmentId: string;
  baseGeneration: number;
  version: LoadedVersion;
  parameters: Record<string, unknown>;
  secretParameters: Record<string, unknown>;
  placement: Record<string, Placed>;
  changes: PlanChange[];
  cost: PlanCost;
  lease: { days: number; endsAt: string } | null;
  losses: readonly Loss[];
  context: Record<string, unknown>;
}

/** Environment status while a run of that kind is under way; what is not here leaves it as it is. */
const statusDuring: Record<string, string> = {
  create: "provisioning",
  update: "changing",
  scale: "changing",
  stop: "changing",
  start: "changing",
  restart: "changing",
  repair: "changing",
  restore: "changing",
  destroy: "destroying",
};

/**
 * Makes an approved plan the environment's desired state and records its run, all in the caller's transaction:
 * the generation moves on, so every other plan made before is stale from here on.
 * @throws AppError stale_plan when the generation has moved already
 */
export async function startRun(
  client: ClientBase,
  { requestId, planId, prepared }: { requestId: string; planId: string; prepared: RunInput },
): Promise<string> {
  const moved = await client.query({
    name: "request_move_environment",
    text: `UPDATE environment SET generation = generation + 1, template_version_id = $3, parameters = $4, placement = $5,
       monthly_cost = CASE WHEN $6 THEN $7::numeric ELSE monthly_cost END,
       lease_ends_at = coalesce($8, lease_ends_at),
       destroy_after = CASE WHEN $8::timestamptz IS NULL THEN destroy_after END,
       lease_warned_at = CASE WHEN $8::timestamptz IS NULL THEN lease_warned_at END,
       status = coalesce($9::environment_status, status),
       failed_run_id = CASE WHEN $9::text IS NULL THEN failed_run_id END, updated_at = now()
     WHERE id = $1 AND generation = $2 AND destroyed_at IS NULL`,
    values: [
      prepared.environmentId,
      prepared.baseGeneration,
      prepared.version.id,
      JSON.stringify(prepared.parameters),
      JSON.stringify(prepared.placement),
      prepared.kind === "create" || prepared.kind === "update",
      prepared.cost.monthly,
      prepared.lease?.endsAt ?? null,
      statusDuring[prepared.kind] ?? null,
    ],
  });
  if (moved.rowCount === 0) {
    throw new AppError("stale_plan", "The environment changed since this plan was created.");
  }
  await inheritSecrets(client, prepared);
  await storeSecrets(client, prepared);
  await convertReservation(client, requestId);
  const runId = await createRun(client, {
    environmentId: prepared.environmentId,
    requestId,
    planId,
    kind: prepared.kind,
    context: prepared.context,
    deadlineAt: new Date(Date.now() + 6 * 3_600_000),
    steps: stepsWithEnds(prepared),
  });
  await client.query({
    name: "request_started",
    text: "UPDATE request SET status = 'running', run_id = $2, decided_at = now() WHERE id = $1",
    values: [requestId, runId],
  });
  return runId;
}

/** Data restored from a backup knows the passwords it was written with: a new environment takes over the earlier one's. */
async function inheritSecrets(client: ClientBase, prepared: RunInput): Promise<void> {
  if (prepared.kind !== "create" || !prepared.context.backup) return;
  const { rows } = await client.query<{
    environmentId: string;
    component: string;
    name: string;
    sealed: string;
  }>(
    `SELECT s.environment_id AS "environmentId", s.component, s.name, s.sealed
     FROM backup b JOIN environment_secret s ON s.environment_id = b.environment_id
     WHERE b.id = $1 AND s.component <> ''`,
    [prepared.context.backup],
  );
  for (const { environmentId, component, name, sealed } of rows) {
    await client.query(
      `INSERT INTO environment_secret (environment_id, component, name, sealed) VALUES ($1, $2, $3, $4)
       ON CONFLICT (environment_id, component, name) DO NOTHING`,
      [
        prepared.environmentId,
        component,
        name,
        seal(unseal(sealed, secretContext(environmentId)), secretContext(prepared.environmentId)),
      ],
    );
  }
}

/**
 * Generates the secrets that are not there yet and keeps secret parameters, sealed for the environment. The plan says all
 * of the parameters that have a value: one the version knows and the plan does not give was cleared. What the version no
 * longer knows is deleted when the run has succeeded, since until then nobody can say that it is not needed again.
 */
async function storeSecrets(client: ClientBase, prepared: RunInput): Promise<void> {
  if (prepared.kind !== "create" && prepared.kind !== "update") return;
  const context = secretContext(prepared.environmentId);
  for (const { component, name, length, alphabet } of generatedSecrets(prepared.version.manifest)) {
    await client.query(
      `INSERT INTO environment_secret (environment_id, component, name, sealed) VALUES ($1, $2, $3, $4)
       ON CONFLICT (environment_id, component, name) DO NOTHING`,
      [prepared.environmentId, component, name, seal(newSecret(length, alphabet), context)],
    );
  }
  const known = compileParameters(prepared.version.manifest).names;
  const cleared = known.filter((name) => !(name in prepared.secretParameters));
  // A new environment has none; only restored ones have those of the components.
  if (prepared.kind === "update")
    await client.query(
      "DELETE FROM environment_secret WHERE environment_id = $1 AND component = '' AND name = ANY($2)",
      [prepared.environmentId, cleared],
    );
  for (const [name, value] of Object.entries(prepared.secretParameters)) {
    await client.query(
      `INSERT INTO environment_secret (environment_id, component, name, sealed) VALUES ($1, '', $2, $3)
       ON CONFLICT (environment_id, component, name) DO UPDATE SET sealed = excluded.sealed`,
      [prepared.environmentId, name, seal(JSON.stringify(value), context)],
    );
  }
}
