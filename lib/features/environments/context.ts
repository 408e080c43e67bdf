import type { DesiredComponent } from "@/lib/clouds/contract";
import type { Endpoint, EnvironmentInputs, ExistingComponent, Published } from "@/lib/engine/plan";
import { type LoadedVersion, loadVersions } from "@/lib/features/catalog";
import { Batcher } from "@/lib/kernel/batcher";
import { AppError, notFound } from "@/lib/kernel/errors";
import { openSealed, openSealedJson } from "@/lib/platform/crypto";
import { rememberSecrets } from "@/lib/platform/masking";
import { type LoadedResource, listLoadedResources } from "./resources.sql";
import { type EnvironmentRow, listEnvironmentRows } from "./store";
import { listSecrets, type SecretRow } from "./store-secrets";

/** An environment with what exists of it, ready to be planned, run or looked at. */
export interface EnvironmentContext {
  row: EnvironmentRow;
  version: LoadedVersion;
  inputs: EnvironmentInputs;
  existing: Map<string, ExistingComponent>;
  /** What of it can't be decrypted or is damaged, in words ("secret password of db"); empty when all can be read. */
  unreadable: string[];
}

/** Secrets are sealed for the environment they belong to; the component "" holds secret parameters. */
export function secretContext(environmentId: string): string {
  return `environment:${environmentId}`;
}

/** Whatever a page shows of an environment asks who may see it: what is asked together is read once. */
const rowReads = new Batcher(async (ids: string[]) => {
  const rows = new Map((await listEnvironmentRows([...new Set(ids)])).map((row) => [row.id, row]));
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
  const reading = listEnvironmentRows(environmentIds);
  const [rows, versions, resources, secrets] = await Promise.all([
    reading,
    reading.then((found) => loadVersions(found.map((row) => row.templateVersionId))),
    listLoadedResources(environmentIds).then(byEnvironment),
    listSecrets(environmentIds).then(byEnvironment),
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
  resources: readonly LoadedResource[] = [],
  sealedSecrets: readonly SecretRow[] = [],
): EnvironmentContext {
  const unreadable = [...row.damaged];
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
 * @throws AppError conflict that names what can't be read and what to do
 */
export function requireReadable({ unreadable }: EnvironmentContext): void {
  if (unreadable.length === 0) return;
  throw new AppError("conflict", whyUnreadable(unreadable), { detail: { unreadable } });
}

/** One sentence on what can't be read, and one on what to do. */
export function whyUnreadable(unreadable: readonly string[]): string {
  return `Some data of this environment can’t be read: ${unreadable.join(", ")}. Ask an administrator to restore the key that encrypted them, or Rostrum from a backup. Without that, you can stop or destroy the environment and create it again.`;
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

function existingOf(environmentId: string, row: LoadedResource, unreadable: string[]): ExistingComponent {
  unreadable.push(...row.damaged);
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
function publishedFromAddress(row: LoadedResource): Published {
  const outputs = Object.fromEntries(
    Object.entries(row.outputs).map(([name, value]) => [name, { value, secret: false }]),
  );
  const see = (address: Partial<Endpoint> | undefined): Endpoint => ({
    host: address?.host ?? "",
    ports: address?.ports ?? {},
    url: row.address.url ?? null,
    outputs,
  });
  return { internal: see(row.address.internal), external: see(row.address.external) };
}
