import semver from "semver";
import type { DesiredView, Published } from "@/lib/engine/plan";
import { componentEdges } from "@/lib/engine/template";
import { type LoadedVersion, loadVersion } from "@/lib/features/catalog";
import { parseDurationMs } from "@/lib/kernel/durations";
import { notFound } from "@/lib/kernel/errors";
import { can } from "@/lib/kernel/permissions";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { openSealedJson } from "@/lib/platform/crypto";
import { query } from "@/lib/platform/db";
import { canTransfer } from "./can-transfer";
import { loadEnvironment, secretContext } from "./context";
import { leadsToPortal, mainUrl } from "./main-url";
import { plannedOf } from "./planned";
import type { EnvironmentDetail, EnvironmentStatus, HealthState, ResourceDto } from "./schema";

interface Row {
  id: string;
  name: string;
  status: EnvironmentStatus;
  health: HealthState;
  healthMessage: string;
  generation: number;
  projectId: string;
  projectSlug: string;
  projectName: string;
  projectMaxLease: number | null;
  ownerId: string;
  ownerName: string;
  templateVersionId: string;
  parameters: Record<string, unknown>;
  secretParameters: string[];
  outputs: Record<string, unknown>;
  sealedOutputs: string | null;
  monthly: string | null;
  currency: string;
  leaseEndsAt: Date | null;
  destroyAfter: Date | null;
  createdAt: Date;
  readyAt: Date | null;
  destroyedAt: Date | null;
  isDemo: boolean;
  activeRunId: string | null;
  failedChange: EnvironmentDetail["failedChange"];
  newest: string[];
}

/**
 * An environment as its page and the API show it.
 * @throws AppError not_found
 */
export async function getEnvironment(actor: Actor, environmentId: string): Promise<EnvironmentDetail> {
  const row = await readRow(environmentId);
  requirePermission(actor, "environment.read", {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
  const version = await loadVersion(row.templateVersionId);
  const [resources, { unreadable }] = await Promise.all([
    listResources(environmentId, version),
    loadEnvironment(environmentId),
  ]);
  const { spec } = version.manifest;
  const at = { projectId: row.projectId };
  const portalHost = new URL(getConfig().publicUrl).hostname;
  const alive = row.destroyedAt === null;
  const planned = alive && resources.length === 0 ? await plannedOf(environmentId) : null;
  const endpoints = resources.flatMap(({ component, url }) => (url ? [{ component, url }] : []));
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    health: row.health,
    healthMessage: row.healthMessage,
    generation: row.generation,
    project: { id: row.projectId, slug: row.projectSlug, name: row.projectName },
    owner: { id: row.ownerId, name: row.ownerName },
    template: { name: version.name, title: version.title, version: version.version, icon: version.icon },
    clouds: [...new Set(resources.map((one) => one.cloud))],
    url: mainUrl(row.outputs, portalHost) ?? endpoints.at(-1)?.url ?? null,
    leaseEndsAt: iso(row.leaseEndsAt),
    destroyAfter: iso(row.destroyAfter),
    createdAt: row.createdAt.toISOString(),
    readyAt: iso(row.readyAt),
    destroyedAt: iso(row.destroyedAt),
    isDemo: row.isDemo,
    cost: { monthly: row.monthly, currency: row.currency },
    parameters: row.parameters,
    secretParameters: row.secretParameters,
    endpoints,
    outputs: row.outputs,
    outputList: outputList(row).map((output) => ({
      ...output,
      description: output.description ?? "",
      leadsToPortal: leadsToPortal(output.value, portalHost),
    })),
    resources,
    planned,
    activeRunId: row.activeRunId,
    failedChange: row.failedChange,
    unreadable: [...unreadable, ...unreadableOutputs(row)],
    actions: spec.actions.map(({ name, title, description = "", component }) => ({
      name,
      title,
      description,
      component,
    })),
    maxLeaseDays: Math.min(
      Math.floor(parseDurationMs(spec.lifecycle.lease.max) / 86_400_000),
      row.projectMaxLease ?? Number.POSITIVE_INFINITY,
    ),
    newerVersion: newerThan(version.version, row.newest),
    can: {
      change: alive && can(actor, "environment.request", at),
      reveal: alive && can(actor, "secret.reveal", at),
      backUp: alive && can(actor, "backup.create", at),
      transfer: alive && canTransfer(actor, row),
      // Of a destroyed one, into a new environment.
      restore: can(actor, "backup.restore", at),
    },
  };
}

async function readRow(environmentId: string): Promise<Row> {
  const [row] = await query<Row>(
    `SELECT e.id, e.name, e.status::text AS status, e.health::text AS health, e.health_message AS "healthMessage",
       e.generation, p.id AS "projectId", p.slug AS "projectSlug", p.name AS "projectName",
       p.max_lease_days AS "projectMaxLease", e.owner_id AS "ownerId", coalesce(u.name, 'System') AS "ownerName",
       e.template_version_id AS "templateVersionId",
       e.parameters - ARRAY(SELECT s.name FROM environment_secret s WHERE s.environment_id = e.id AND s.component = '')
         AS parameters,
       ARRAY(SELECT s.name FROM environment_secret s WHERE s.environment_id = e.id AND s.component = '' ORDER BY s.name)
         AS "secretParameters", e.outputs, e.sealed_outputs AS "sealedOutputs",
       trim_scale(e.monthly_cost)::text AS monthly, e.currency, e.lease_ends_at AS "leaseEndsAt",
       e.destroy_after AS "destroyAfter", e.created_at AS "createdAt", e.ready_at AS "readyAt",
       e.destroyed_at AS "destroyedAt", e.is_demo AS "isDemo",
       (SELECT id FROM run WHERE environment_id = e.id AND status IN ('queued', 'running', 'parked')) AS "activeRunId",
       (SELECT json_build_object('runId', x.id, 'kind', x.kind, 'status', x.status) FROM run x
         WHERE x.id = e.failed_run_id) AS "failedChange",
       ARRAY(SELECT n.version FROM template_version n WHERE n.template_id = v.template_id AND n.status = 'published')
         AS newest
     FROM environment e JOIN project p ON p.id = e.project_id
     JOIN template_version v ON v.id = e.template_version_id
     LEFT JOIN app_user u ON u.id = e.owner_id WHERE e.id = $1`,
    [environmentId],
    { name: "environment_detail" },
  );
  if (!row) throw notFound("The environment");
  return row;
}

interface ResourceRow {
  id: string;
  component: string;
  cloud: string;
  cloudId: string;
  driver: string;
  kind: string;
  externalId: string;
  status: string;
  health: HealthState;
  healthMessage: string;
  restarts: number;
  cpu: string;
  memoryBytes: bigint;
  storageBytes: bigint;
  replicas: number;
  attributes: Record<string, unknown>;
  spec: DesiredView;
  address: { external?: { host: string; ports: Record<string, number> }; url?: string | null };
  outputs: Record<string, unknown>;
  sealedOutputs: string | null;
  latest: ResourceDto["latest"];
  lastObservedAt: Date | null;
  createdAt: Date;
}

/** Resources of an environment with their latest sample. */
export async function listResources(environmentId: string, version: LoadedVersion): Promise<ResourceDto[]> {
  const rows = await query<ResourceRow>(
    `SELECT r.id, r.component, coalesce(c.title, r.cloud_id) AS cloud, r.cloud_id AS "cloudId",
       coalesce(c.driver, '') AS driver, r.kind, r.external_id AS "externalId", r.status, r.health::text AS health,
       r.health_message AS "healthMessage", r.restarts, r.cpu::text AS cpu, r.memory_bytes AS "memoryBytes",
       r.storage_bytes AS "storageBytes", r.replicas, r.attributes, r.spec, r.address, r.outputs,
       r.sealed_outputs AS "sealedOutputs", r.last_observed_at AS "lastObservedAt", r.created_at AS "createdAt",
       (SELECT json_build_object('at', to_char(s.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'cpuCores', s.cpu_cores, 'memoryBytes', s.memory_bytes) FROM sample s
         WHERE s.resource_id = r.id ORDER BY s.at DESC LIMIT 1) AS latest
     FROM resource r LEFT JOIN cloud c ON c.id = r.cloud_id WHERE r.environment_id = $1 ORDER BY r.created_at, r.id`,
    [environmentId],
    { name: "environment_detail_resources" },
  );
  const needs = new Map<string, string[]>();
  for (const edge of componentEdges(version.manifest)) {
    needs.set(edge.from, [...(needs.get(edge.from) ?? []), edge.to]);
  }
  return rows.map((row) => toResource(environmentId, row, version, needs));
}

function toResource(
  environmentId: string,
  row: ResourceRow,
  version: LoadedVersion,
  needs: ReadonlyMap<string, string[]>,
): ResourceDto {
  const component = version.manifest.spec.components[row.component];
  const block = component?.[row.kind as "container"] as { backup?: unknown } | undefined;
  const { spec: _spec, sealedOutputs, address, cpu, memoryBytes, storageBytes, ...plain } = row;
  return {
    ...plain,
    title: component?.title ?? row.component,
    icon: component?.icon ?? null,
    cpu: Number(cpu),
    memoryBytes: Number(memoryBytes),
    storageBytes: Number(storageBytes),
    url: address.url ?? null,
    addresses: Object.entries(address.external?.ports ?? {}).map(([port, published]) => ({
      port,
      address: `${address.external?.host}:${published}`,
    })),
    secretOutputs: sealedOutputs ? secretNames(environmentId, sealedOutputs) : [],
    dependsOn: needs.get(row.component) ?? [],
    hasBackup: Boolean(block?.backup ?? component?.backup),
    lastObservedAt: iso(row.lastObservedAt),
    createdAt: row.createdAt.toISOString(),
  };
}

function secretNames(environmentId: string, sealed: string): string[] {
  const opened = openSealedJson<Published>(sealed, secretContext(environmentId));
  if (!opened.ok) return [];
  return Object.entries(opened.value.external.outputs)
    .filter(([, output]) => output.secret)
    .map(([name]) => name);
}

function unreadableOutputs({ id, sealedOutputs }: Row): string[] {
  if (!sealedOutputs || openSealedJson(sealedOutputs, secretContext(id)).ok) return [];
  return ["outputs of the environment"];
}

interface StoredOutput {
  name: string;
  title: string;
  /** Missing in what was stored before outputs were described. */
  description?: string;
  value: unknown;
  secret: boolean;
}

function outputList(row: Row): StoredOutput[] {
  if (!row.sealedOutputs) {
    return Object.entries(row.outputs).map(([name, value]) => ({ name, title: name, value, secret: false }));
  }
  const opened = openSealedJson<StoredOutput[]>(row.sealedOutputs, secretContext(row.id));
  // Those that are no secret stand beside it in clear.
  if (!opened.ok) return outputList({ ...row, sealedOutputs: null });
  return opened.value.map((output) => (output.secret ? { ...output, value: null } : output));
}

function newerThan(current: string, published: readonly string[]): string | null {
  const newest = [...published].sort(semver.rcompare)[0];
  return newest && semver.gt(newest, current) ? newest : null;
}

function iso(value: Date | null): string | null {
  return value ? value.toISOString() : null;
}
