import type { Published } from "@/lib/engine/plan";
import { AppError, notFound } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { openSealedJson } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import { getEnvironmentRow, secretContext } from "./context";
import { findSealedOutputs } from "./store";
import { findSealedOutputsOf } from "./store-resources";

/**
 * Shows one secret output to a person, and writes down that it did.
 * @throws AppError not_found, forbidden
 */
export async function revealOutput(
  actor: Actor,
  environmentId: string,
  asked: { component?: string | undefined; name: string },
): Promise<{ value: unknown }> {
  const row = await getEnvironmentRow(environmentId);
  requirePermission(actor, "secret.reveal", {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
  const value = asked.component
    ? await componentOutput(environmentId, asked.component, asked.name)
    : await templateOutput(environmentId, asked.name);
  await inTransaction(async (tx) => {
    await recordAudit(tx, {
      actor,
      action: "secret.reveal",
      objectType: "environment",
      objectId: environmentId,
      projectId: row.projectId,
      detail: { component: asked.component ?? null, output: asked.name },
    });
  });
  return { value };
}

async function componentOutput(environmentId: string, component: string, name: string): Promise<unknown> {
  const sealed = await findSealedOutputsOf(environmentId, component);
  if (!sealed) throw notFound("The output");
  const published = openOutputs<Published>(environmentId, sealed);
  const output = published.external.outputs[name];
  if (!output) throw notFound("The output");
  return output.value;
}

async function templateOutput(environmentId: string, name: string): Promise<unknown> {
  const sealed = await findSealedOutputs(environmentId);
  if (!sealed) throw notFound("The output");
  const outputs = openOutputs<{ name: string; value: unknown }[]>(environmentId, sealed);
  const output = outputs.find((one) => one.name === name);
  if (!output) throw notFound("The output");
  return output.value;
}

/** @throws AppError conflict when they can't be decrypted */
function openOutputs<T>(environmentId: string, sealed: string): T {
  const opened = openSealedJson<T>(sealed, secretContext(environmentId));
  if (opened.ok) return opened.value;
  throw new AppError("conflict", `The output can't be decrypted. ${opened.reason}`);
}
