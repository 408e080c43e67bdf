import { compileParameters } from "@/lib/engine/parameters";
import type { LoadedVersion } from "@/lib/features/catalog";
import { AppError, notFound } from "@/lib/kernel/errors";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { findSealedRequest } from "../store-plan";
import { openPlanSecrets } from "./plan-secrets";

/**
 * The secret parameters of an earlier request of the same project and template, for a request that repeats it: a browser
 * never had them. Only what the version keeps secret too.
 * @param earlierId null or undefined: nothing is carried
 * @throws AppError not_found, forbidden, validation_failed for a request of another project or template, conflict when
 *   the key the secrets were sealed with is lost
 */
export async function carriedSecrets(
  actor: Actor,
  earlierId: string | undefined,
  wanted: { projectId: string; version: LoadedVersion },
): Promise<Record<string, unknown>> {
  if (earlierId === undefined) return {};
  const earlier = await findSealedRequest(earlierId);
  if (!earlier) throw notFound("The request");
  // A user who may have a component print a secret may as well read it.
  requirePermission(actor, "secret.reveal", {
    projectId: earlier.projectId,
    what: "The request",
    objectType: "request",
    objectId: earlierId,
  });
  const { version } = wanted;
  if (earlier.projectId !== wanted.projectId || earlier.templateId !== version.templateId) {
    const message = "Use a request of the same project and template.";
    throw new AppError("validation_failed", message, { problems: [{ path: "secretsFrom", message }] });
  }
  const secret = new Set(compileParameters(version.manifest).secrets);
  const carried = Object.entries(openPlanSecrets(earlier.environmentId, earlier.sealed));
  return Object.fromEntries(carried.filter(([name]) => secret.has(name)));
}
