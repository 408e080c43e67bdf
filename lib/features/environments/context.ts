import type { DesiredComponent, ImplementationKind } from "@/lib/clouds/contract";
import type {
  DesiredView,
  Endpoint,
  EnvironmentInputs,
  ExistingComponent,
  Placed,
  Published,
} from "@/lib/engine/plan";
import { type LoadedVersion, loadVersion } from "@/lib/features/catalog";
import { notFound } from "@/lib/kernel/errors";
import { unseal } from "@/lib/platform/crypto";
import { query } from "@/lib/platform/db";

export interface EnvironmentRow {
  id: string;
  name: string;
  projectId: string;
  projectSlug: string;
  ownerId: string;
  templateVersionId: string;
  parameters: Record<string, unknown>;
  placement: Record<string, Placed>;
  generation: number;
  status: string;
  monthlyCost: string | null;
  currency: string;
  leaseEndsAt: Date | null;
  isDemo: boolean;
}

/** An environment with what exists of it, ready to be planned, run or looked at. */
export interface EnvironmentContext {
  row: EnvironmentRow;
  version: LoadedVersion;
  inputs: EnvironmentInputs;
  existing: Map<string, ExistingComponent>;
}

/** Secrets are sealed for the environment they belong to; the component "" holds secret parameters. */
export function secretContext(environmentId: string): string {
  return `environment:${environmentId}`;
}

const environmentSql = `
  SELECT e.id, e.name, e.project_id AS "projectId", p.slug AS "projectSlug", e.owner_id AS "ownerId",
    e.template_version_id AS "templateVersionId", e.parameters, e.placement, e.generation, e.status::text AS status,
    e.monthly_cost::text AS "monthlyCost", e.currency, e.lease_ends_at AS "leaseEndsAt", e.is_demo AS "isDemo"
  FROM environment e JOIN project p ON p.id = e.project_id WHERE e.id = $1`;

/**
 * The row of an environment.
 * @throws AppError not_found
 */
export async function getEnvironmentRow(environmentId: string): Promise<EnvironmentRow> {
  const [row] = await query<EnvironmentRow>(environmentSql, [environmentId], { name: "environment_row" });
  if (!row) throw notFound("The environment");
  return row;
}

/**
 * Loads an environment as it stands: version, parameters, secrets and resources.
 * @throws AppError not_found
 */
export async function loadEnvironment(environmentId: string): Promise<EnvironmentContext> {
  const [row, existing, secrets] = await Promise.all([
    getEnvironmentRow(environmentId),
    loadExisting(environmentId),
    loadSecrets(environmentId),
  ]);
  const version = await loadVersion(row.templateVersionId);
  const { "": secretParameters = {}, ...componentSecrets } = secrets;
  const inputs: EnvironmentInputs = {
    manifest: version.manifest,
    parameters: { ...row.parameters, ...parseAll(secretParameters) },
    secretParameters: new Set(Object.keys(secretParameters)),
    secrets: componentSecrets,
    environment: { id: row.id, name: row.name, project: row.projectSlug },
    placement: row.placement,
    filesDigest: version.filesDigest,
  };
  return { row, version, inputs, existing };
}

/** Component → name → value in clear. */
export async function loadSecrets(environmentId: string): Promise<Record<string, Record<string, string>>> {
  const rows = await query<{ component: string; name: string; sealed: string }>(
    "SELECT component, name, sealed FROM environment_secret WHERE environment_id = $1",
    [environmentId],
    { name: "environment_secrets" },
  );
  const secrets: Record<string, Record<string, string>> = {};
  for (const row of rows) {
    secrets[row.component] ??= {};
    const component = secrets[row.component] ?? {};
    component[row.name] = unseal(row.sealed, secretContext(environmentId));
  }
  return secrets;
}

interface ResourceRow {
  component: string;
  cloudId: string;
  cloudName: string;
  kind: ImplementationKind;
  desired: string | null;
  desiredDigest: string;
  spec: DesiredView;
  address: { internal?: Endpoint; external?: Endpoint; url?: string | null };
  outputs: Record<string, unknown>;
  sealedOutputs: string | null;
}

async function loadExisting(environmentId: string): Promise<Map<string, ExistingComponent>> {
  const rows = await query<ResourceRow>(
    `SELECT r.component, r.cloud_id AS "cloudId", coalesce(c.title, r.cloud_id) AS "cloudName", r.kind, r.desired,
       r.desired_digest AS "desiredDigest", r.spec, r.address, r.outputs, r.sealed_outputs AS "sealedOutputs"
     FROM resource r LEFT JOIN cloud c ON c.id = r.cloud_id WHERE r.environment_id = $1 ORDER BY r.created_at`,
    [environmentId],
    { name: "environment_resources" },
  );
  return new Map(rows.map((row) => [row.component, existingOf(environmentId, row)]));
}

function existingOf(environmentId: string, row: ResourceRow): ExistingComponent {
  const context = secretContext(environmentId);
  return {
    component: row.component,
    cloudId: row.cloudId,
    cloudName: row.cloudName,
    kind: row.kind,
    desired: row.desired ? (JSON.parse(unseal(row.desired, context)) as DesiredComponent) : null,
    desiredDigest: row.desiredDigest,
    view: row.spec,
    published: row.sealedOutputs
      ? (JSON.parse(unseal(row.sealedOutputs, context)) as Published)
      : publishedFromAddress(row),
  };
}

/** Demonstration resources have no sealed outputs: what is shown is all there is. */
function publishedFromAddress(row: ResourceRow): Published {
  const outputs = Object.fromEntries(
    Object.entries(row.outputs).map(([name, value]) => [name, { value, secret: false }]),
  );
  const see = (address: Endpoint | undefined): Endpoint => ({
    host: address?.host ?? "",
    ports: address?.ports ?? {},
    url: row.address.url ?? null,
    outputs,
  });
  return { internal: see(row.address.internal), external: see(row.address.external) };
}

function parseAll(values: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, text]) => [name, JSON.parse(text) as unknown]),
  );
}
