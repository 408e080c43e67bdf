import semver from "semver";
import type { Published } from "@/lib/engine/plan";
import { componentGraph } from "@/lib/engine/template";
import { type LoadedVersion, loadVersion, runningProduct } from "@/lib/features/catalog";
import { parseDurationMs } from "@/lib/kernel/durations";
import { notFound } from "@/lib/kernel/errors";
import { can } from "@/lib/kernel/permissions";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { openSealedJson } from "@/lib/platform/crypto";
import { canTransfer } from "./can-transfer";
import { loadEnvironment, secretContext } from "./context";
import { leadsToPortal, mainUrl } from "./main-url";
import { plannedOf } from "./planned";
import type { EnvironmentDetail, ResourceDto } from "./schema";
import { type DetailRow, findDetail } from "./store";
import { listShownResources, type ResourceRow } from "./store-resources";

/**
 * An environment as its page and the API show it.
 * @throws AppError not_found
 */
export async function getEnvironment(actor: Actor, environmentId: string): Promise<EnvironmentDetail> {
  const row = await findDetail(environmentId);
  if (!row) throw notFound("The environment");
  requirePermission(actor, "environment.read", {
    projectId: row.projectId,
    what: "The environment",
    objectType: "environment",
    objectId: environmentId,
  });
  const version = await loadVersion(row.templateVersionId);
  const [shown, { unreadable }] = await Promise.all([
    listShownResources(environmentId),
    loadEnvironment(environmentId),
  ]);
  const resources = resourcesOf(environmentId, shown, version);
  const damaged = [...row.damaged, ...shown.flatMap((one) => one.damaged)];
  const { spec } = version.manifest;
  const at = { projectId: row.projectId };
  const { publicUrl } = getConfig();
  const alive = row.destroyedAt === null;
  const planned = alive && resources.length === 0 ? await plannedOf(environmentId, spec.components) : null;
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
    url: mainUrl(row.outputs, publicUrl) ?? endpoints.at(-1)?.url ?? null,
    leaseEndsAt: iso(row.leaseEndsAt),
    destroyAfter: iso(row.destroyAfter),
    destroyRetryAt: iso(row.destroyRetryAt),
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
      leadsToPortal: leadsToPortal(output.value, publicUrl),
    })),
    resources,
    planned,
    activeRunId: row.activeRunId,
    failedChange: row.failedChange,
    unreadable: [...new Set([...unreadable, ...unreadableOutputs(row), ...damaged])],
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

function resourcesOf(
  environmentId: string,
  rows: readonly ResourceRow[],
  version: LoadedVersion,
): ResourceDto[] {
  return rows.map((row) => toResource(environmentId, row, version));
}

function toResource(environmentId: string, row: ResourceRow, version: LoadedVersion): ResourceDto {
  const component = version.manifest.spec.components[row.component];
  const block = component?.[row.kind];
  const { damaged: _, sealedOutputs, address, cpu, memoryBytes, storageBytes, ...plain } = row;
  return {
    ...plain,
    title: component?.title ?? row.component,
    icon: component?.icon ?? null,
    product: runningProduct(row.attributes, component),
    cpu: Number(cpu),
    memoryBytes: Number(memoryBytes),
    storageBytes: Number(storageBytes),
    url: address.url ?? null,
    addresses: Object.entries(address.external?.ports ?? {}).map(([port, published]) => ({
      port,
      address: `${address.external?.host}:${published}`,
    })),
    secretOutputs: sealedOutputs ? secretNames(environmentId, sealedOutputs) : [],
    dependsOn: [...componentGraph(version.manifest).predecessors(row.component)],
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

function unreadableOutputs({ id, sealedOutputs }: DetailRow): string[] {
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

function outputList(row: DetailRow): StoredOutput[] {
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
