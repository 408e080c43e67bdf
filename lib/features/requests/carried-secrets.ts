import { compileParameters } from "@/lib/engine/parameters";
import type { LoadedVersion } from "@/lib/features/catalog";
import { AppError, notFound } from "@/lib/kernel/errors";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { openPlanSecrets } from "./plan-secrets";

interface EarlierRow {
  projectId: string;
  environmentId: string;
  templateId: string;
  sealed: string | null;
}

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
  const [earlier] = await query<EarlierRow>(
    `SELECT q.project_id AS "projectId", q.environment_id AS "environmentId", v.template_id AS "templateId", p.sealed
     FROM request q JOIN plan p ON p.id = q.plan_id JOIN template_version v ON v.id = p.template_version_id
     WHERE q.id = $1`,
    [earlierId],
    { name: "request_carried_secrets" },
  );
  if (!earlier) throw notFound("The request");
  // Whoever may have a component print a secret may as well read it.
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

/** Names of the secret parameters a request set. */
export async function listRequestSecrets(requestId: string): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT jsonb_array_elements_text(payload->'secretParameters') AS name FROM request
     WHERE id = $1 AND jsonb_typeof(payload->'secretParameters') = 'array'`,
    [requestId],
    { name: "request_secret_names" },
  );
  return rows.map((row) => row.name);
}
