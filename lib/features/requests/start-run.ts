import { compileParameters } from "@/lib/engine/parameters";
import { generatedSecrets, type Placed, type PlanChange } from "@/lib/engine/plan";
import { createRun } from "@/lib/engine/run/postgres";
import type { LoadedVersion } from "@/lib/features/catalog";
import {
  deleteSecretParameters,
  keepSecret,
  listSecretsOfBackup,
  moveEnvironment,
  putSecret,
  secretContext,
} from "@/lib/features/environments";
import { convertReservation } from "@/lib/features/quotas";
import { AppError } from "@/lib/kernel/errors";
import { newSecret, seal, unseal } from "@/lib/platform/crypto";
import type { Tx } from "@/lib/platform/db";
import { operationOf } from "./operations";
import { stepsWithEnds } from "./run-ends";
import type { Loss, PlanCost, RequestKind } from "./schema";
import { setRun } from "./store";

/** Why a second run of an environment is refused. */
export const anotherChange = "Another change is in progress. Wait for it to finish, or cancel it.";

export interface RunInput {
  kind: RequestKind;
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

/**
 * Makes an approved plan the environment's desired state and records its run, all in the caller's transaction:
 * the generation moves on, so every other plan made before is stale from here on.
 * @throws AppError stale_plan when the generation has moved already, conflict when another run is under way
 */
export async function startRun(
  tx: Tx,
  { requestId, planId, prepared }: { requestId: string; planId: string; prepared: RunInput },
): Promise<string> {
  const operation = operationOf(prepared.kind);
  const moved = await moveEnvironment(tx, {
    environmentId: prepared.environmentId,
    from: prepared.baseGeneration,
    versionId: prepared.version.id,
    parameters: prepared.parameters,
    placement: prepared.placement,
    monthly: operation.setsParameters ? prepared.cost.monthly : undefined,
    leaseEndsAt: prepared.lease?.endsAt ?? null,
    status: operation.statusDuring ?? undefined,
  });
  if (moved === "stale") {
    throw new AppError("stale_plan", "The environment changed since this plan was created.");
  }
  if (moved === "busy") throw new AppError("conflict", anotherChange);
  await inheritSecrets(tx, prepared);
  await storeSecrets(tx, prepared);
  await convertReservation(tx, requestId);
  const runId = await createRun(tx.client, {
    environmentId: prepared.environmentId,
    requestId,
    planId,
    kind: prepared.kind,
    context: prepared.context,
    deadlineAt: new Date(Date.now() + 6 * 3_600_000),
    steps: stepsWithEnds(prepared),
  });
  if (!(await setRun(tx, requestId, runId))) throw new AppError("conflict", "The request isn’t approved.");
  return runId;
}

/** Data restored from a backup knows the passwords it was written with: a new environment takes over the earlier one's. */
async function inheritSecrets(tx: Tx, prepared: RunInput): Promise<void> {
  if (prepared.kind !== "create" || !prepared.context.backup) return;
  const { environmentId } = prepared;
  for (const secret of await listSecretsOfBackup(tx, String(prepared.context.backup))) {
    const value = unseal(secret.sealed, secretContext(secret.environmentId));
    await keepSecret(tx, { ...secret, environmentId, sealed: seal(value, secretContext(environmentId)) });
  }
}

/**
 * Generates the secrets that are not there yet and keeps secret parameters, sealed for the environment. The plan says all
 * of the parameters that have a value: one the version knows and the plan does not give was cleared. What the version no
 * longer knows is deleted when the run has succeeded, since until then no one can say that it is not needed again.
 */
async function storeSecrets(tx: Tx, prepared: RunInput): Promise<void> {
  if (!operationOf(prepared.kind).setsParameters) return;
  const { environmentId } = prepared;
  const context = secretContext(environmentId);
  for (const { component, name, length, alphabet } of generatedSecrets(prepared.version.manifest)) {
    const sealed = seal(newSecret(length, alphabet), context);
    await keepSecret(tx, { environmentId, component, name, sealed });
  }
  const known = compileParameters(prepared.version.manifest).names;
  const cleared = known.filter((name) => !(name in prepared.secretParameters));
  // A new environment has none; only restored ones have those of the components.
  if (prepared.kind === "update") await deleteSecretParameters(tx, environmentId, cleared);
  for (const [name, value] of Object.entries(prepared.secretParameters)) {
    await putSecret(tx, { environmentId, component: "", name, sealed: seal(JSON.stringify(value), context) });
  }
}
