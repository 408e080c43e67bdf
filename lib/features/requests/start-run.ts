import type { ClientBase } from "pg";
import type { Placed, PlanChange } from "@/lib/engine/plan";
import { createRun } from "@/lib/engine/run";
import type { Manifest } from "@/lib/engine/template/types";
import type { LoadedVersion } from "@/lib/features/catalog";
import { secretContext } from "@/lib/features/environments";
import { convertReservation } from "@/lib/features/quotas";
import { AppError } from "@/lib/kernel/errors";
import { newSecret, seal } from "@/lib/platform/crypto";
import { stepsWithEnds } from "./run-ends";
import type { PlanCost } from "./schema";

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
       status = coalesce($9::environment_status, status), updated_at = now()
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
    throw new AppError("stale_plan", "The environment changed since this was planned.");
  }
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

/** Generates the secrets that are not there yet and keeps secret parameters, sealed for the environment. */
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
  for (const [name, value] of Object.entries(prepared.secretParameters)) {
    await client.query(
      `INSERT INTO environment_secret (environment_id, component, name, sealed) VALUES ($1, '', $2, $3)
       ON CONFLICT (environment_id, component, name) DO UPDATE SET sealed = excluded.sealed`,
      [prepared.environmentId, name, seal(JSON.stringify(value), context)],
    );
  }
}

function generatedSecrets(
  manifest: Manifest,
): { component: string; name: string; length: number; alphabet: string }[] {
  return Object.entries(manifest.spec.components).flatMap(([component, { secrets }]) =>
    Object.entries(secrets).flatMap(([name, source]) =>
      "generate" in source ? [{ component, name, ...source.generate }] : [],
    ),
  );
}
