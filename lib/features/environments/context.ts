import type { DesiredComponent, ImplementationKind } from "@/lib/clouds/contract";
import type {
  DesiredView,
  Endpoint,
  EnvironmentInputs,
  ExistingComponent,
  Placed,
  Published,
} from "@/lib/engine/plan";
import { type LoadedVersion, loadVersions } from "@/lib/features/catalog";
import { Batcher } from "@/lib/kernel/batcher";
import { AppError, notFound } from "@/lib/kernel/errors";
import { openSealed, openSealedJson } from "@/lib/platform/crypto";
import { query } from "@/lib/platform/db";
import { rememberSecrets } from "@/lib/platform/masking";
import { resourcesOfEach } from "./resources-of-each";

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
  /** When it ran for the first time. */
  readyAt: Date | null;
  isDemo: boolean;
}

/** An environment with what exists of it, ready to be planned, run or looked at. */
export interface EnvironmentContext {
  row: EnvironmentRow;
  version: LoadedVersion;
  inputs: EnvironmentInputs;
  existing: Map<string, ExistingComponent>;
  /** What of it can't be decrypted, in words ("secret password of db"); empty when all can. */
  unreadable: string[];
}

/** Secrets are sealed for the environment they belong to; the component "" holds secret parameters. */
export function secretContext(environmentId: string): string {
  return `environment:${environmentId}`;
}

const environmentSql = `
  SELECT e.id, e.name, e.project_id AS "projectId", p.slug AS "projectSlug", e.owner_id AS "ownerId",
    e.template_version_id AS "templateVersionId", e.parameters, e.placement, e.generation, e.status::text AS status,
    e.monthly_cost::text AS "monthlyCost", e.currency, e.lease_ends_at AS "leaseEndsAt", e.ready_at AS "readyAt", e.is_demo AS "isDemo"
  FROM environment e JOIN project p ON p.id = e.project_id WHERE e.id = ANY($1)`;

/** Whatever a page shows of an environment asks who may see it: what is asked together is read once. */
const rowReads = new Batcher(async (ids: string[]) => {
  const rows = new Map((await readRows([...new Set(ids)])).map((row) => [row.id, row]));
  return ids.map((id) => rows.get(id));
});

/**
 * The row of an environment, never older than the call.
 * @throws AppError not_found
 */
export async function getEnvironmentRow(environmentId: string): Promise<EnvironmentRow> {
  const row = await rowReads.add(environmentId);
  if (!row) throw notFound("The environment");
  return row;
}

function readRows(environmentIds: readonly string[]): Promise<EnvironmentRow[]> {
  return query<EnvironmentRow>(environmentSql, [environmentIds], { name: "environment_rows" });
}

/**
 * Loads an environment as it stands: version, parameters, secrets and resources.
 * @throws AppError not_found
 */
export async function loadEnvironment(environmentId: string): Promise<EnvironmentContext> {
  const context = (await loadEnvironments([environmentId])).get(environmentId);
  if (!context) throw notFound("The environment");
  return context;
}

/** Loads many environments in as many statements as one takes. One that does not exist is missing in the answer. */
export async function loadEnvironments(
  environmentIds: readonly string[],
): Promise<Map<string, EnvironmentContext>> {
  const reading = readRows(environmentIds);
  const [rows, versions, resources, secrets] = await Promise.all([
    reading,
    reading.then((found) => loadVersions(found.map((row) => row.templateVersionId))),
    readResources(environmentIds),
    readSecrets(environmentIds),
  ]);
  const contexts = new Map<string, EnvironmentContext>();
  for (const row of rows) {
    const version = versions.get(row.templateVersionId);
    if (!version) throw notFound("The template version");
    contexts.set(row.id, contextOf(row, version, resources.get(row.id), secrets.get(row.id)));
  }
  return contexts;
}

function contextOf(
  row: EnvironmentRow,
  version: LoadedVersion,
  resources: readonly ResourceRow[] = [],
  sealedSecrets: readonly SecretRow[] = [],
): EnvironmentContext {
  const unreadable: string[] = [];
  const { parameters, components } = openSecrets(row.id, sealedSecrets, unreadable);
  const inputs: EnvironmentInputs = {
    manifest: version.manifest,
    parameters: { ...row.parameters, ...parameters },
    // Also one that can't be decrypted is secret.
    secretParameters: new Set(sealedSecrets.filter((one) => one.component === "").map((one) => one.name)),
    secrets: components,
    environment: { id: row.id, name: row.name, project: row.projectSlug },
    placement: row.placement,
    filesDigest: version.filesDigest,
  };
  const secrets = [...Object.values(components), parameters];
  rememberSecrets(secretContext(row.id), sealedSecrets.map((one) => one.sealed).join(" "), secrets);
  const existing = new Map(resources.map((one) => [one.component, existingOf(row.id, one, unreadable)]));
  return { row: withoutParameters(row, inputs.secretParameters), version, inputs, existing, unreadable };
}

/** A parameter may have been stored in clear before a version called it secret; it is not handed on. */
function withoutParameters(row: EnvironmentRow, names: ReadonlySet<string>): EnvironmentRow {
  if (!Object.keys(row.parameters).some((name) => names.has(name))) return row;
  const open = Object.entries(row.parameters).filter(([name]) => !names.has(name));
  return { ...row, parameters: Object.fromEntries(open) };
}

interface SecretRow {
  environmentId: string;
  component: string;
  name: string;
  sealed: string;
}

async function readSecrets(environmentIds: readonly string[]): Promise<Map<string, SecretRow[]>> {
  const rows = await query<SecretRow>(
    `SELECT environment_id AS "environmentId", component, name, sealed FROM environment_secret
     WHERE environment_id = ANY($1)`,
    [environmentIds],
    { name: "environment_secrets" },
  );
  return byEnvironment(rows);
}

/** Names of the parameters that are or once were secret in an environment. */
export async function listSecretParameters(environmentId: string): Promise<Set<string>> {
  const rows = await query<{ name: string }>(
    `SELECT name FROM environment_secret WHERE environment_id = $1 AND component = ''
     UNION SELECT jsonb_array_elements_text(payload->'secretParameters') FROM request
       WHERE environment_id = $1 AND jsonb_typeof(payload->'secretParameters') = 'array'`,
    [environmentId],
    { name: "environment_secret_parameters" },
  );
  return new Set(rows.map((row) => row.name));
}

interface OpenSecrets {
  /** They may be more than texts. */
  parameters: Record<string, unknown>;
  /** By component and name. */
  components: Record<string, Record<string, string>>;
}

/** The secrets in clear; what can't be decrypted is missing, and named in `unreadable`. */
function openSecrets(environmentId: string, rows: readonly SecretRow[], unreadable: string[]): OpenSecrets {
  const secrets: OpenSecrets = { parameters: {}, components: {} };
  const context = secretContext(environmentId);
  for (const { component, name, sealed } of rows) {
    if (component === "") {
      const opened = openSealedJson<unknown>(sealed, context);
      if (opened.ok) secrets.parameters[name] = opened.value;
      else unreadable.push(`secret parameter ${name}`);
      continue;
    }
    const opened = openSealed(sealed, context);
    if (!opened.ok) unreadable.push(`secret ${name} of ${component}`);
    else secrets.components[component] = { ...secrets.components[component], [name]: opened.value };
  }
  return secrets;
}

/**
 * For what needs all of an environment.
 * @throws AppError conflict that names what can't be decrypted and what to do
 */
export function requireReadable({ unreadable }: EnvironmentContext): void {
  if (unreadable.length === 0) return;
  throw new AppError("conflict", whyUnreadable(unreadable), { detail: { unreadable } });
}

/** One sentence on what can't be decrypted, and one on what to do. */
export function whyUnreadable(unreadable: readonly string[]): string {
  return `Some data of this environment can’t be decrypted: ${unreadable.join(", ")}. Ask an administrator to restore the key that encrypted them. Without it, you can stop or destroy the environment and create it again.`;
}

interface ResourceRow {
  environmentId: string;
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
  outdated: string | null;
}

async function readResources(environmentIds: readonly string[]): Promise<Map<string, ResourceRow[]>> {
  const rows = await query<ResourceRow>(
    `SELECT r.environment_id AS "environmentId", r.component, r.cloud_id AS "cloudId",
       coalesce(c.title, r.cloud_id) AS "cloudName", r.attributes->>'outdated' AS outdated, r.kind, r.desired, r.desired_digest AS "desiredDigest", r.spec,
       r.address, r.outputs, r.sealed_outputs AS "sealedOutputs"
     FROM ${resourcesOfEach()} r LEFT JOIN cloud c ON c.id = r.cloud_id ORDER BY r.created_at`,
    [environmentIds],
    { name: "environment_resources" },
  );
  return byEnvironment(rows);
}

function byEnvironment<Row extends { environmentId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const grouped = new Map<string, Row[]>();
  for (const row of rows) {
    const list = grouped.get(row.environmentId);
    if (list) list.push(row);
    else grouped.set(row.environmentId, [row]);
  }
  return grouped;
}

function existingOf(environmentId: string, row: ResourceRow, unreadable: string[]): ExistingComponent {
  const context = secretContext(environmentId);
  const open = <T>(what: string, sealed: string | null): T | null => {
    if (!sealed) return null;
    const opened = openSealedJson<T>(sealed, context);
    if (opened.ok) return opened.value;
    unreadable.push(`${what} of ${row.component}`);
    return null;
  };
  return {
    component: row.component,
    cloudId: row.cloudId,
    cloudName: row.cloudName,
    kind: row.kind,
    desired: open<DesiredComponent>("applied state", row.desired),
    desiredDigest: row.desiredDigest,
    view: row.spec,
    published: open<Published>("outputs", row.sealedOutputs) ?? publishedFromAddress(row),
    outdated: row.outdated,
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
