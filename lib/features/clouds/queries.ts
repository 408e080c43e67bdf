import { z } from "zod";
import type { Capability, Driver, ImplementationKind, Size } from "@/lib/clouds/contract";
import { driverFor, drivers, isDriverKind } from "@/lib/clouds/registry";
import { SealError } from "@/lib/platform/crypto";
import { openCredentials } from "./credentials";
import { hostWarning } from "./portal-host";
import { type CloudDto, type DriverDto, healthDetailSchema, type Isolation, isolationSchema } from "./schema";
import { type CloudRow, getCloudRow, listCloudRows, listPlacementRows } from "./store";

/** Every cloud with its health, capacity and what lives on it. Credentials are answered by name only. */
export async function listClouds(): Promise<CloudDto[]> {
  return await Promise.all((await listCloudRows()).map(toDto));
}

/**
 * One cloud as `listClouds` shows it.
 * @throws AppError not_found
 */
export async function getCloud(id: string): Promise<CloudDto> {
  return await toDto(await getCloudRow(id));
}

async function toDto(row: CloudRow): Promise<CloudDto> {
  const driver = isDriverKind(row.driver) ? await driverFor(row.driver) : null;
  const detail = healthDetailSchema.safeParse(row.healthDetail).data ?? {};
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    driver: row.driver,
    driverTitle: driver?.title ?? row.driver,
    implementations: [...(driver?.implementations ?? [])],
    capabilities: [...(driver?.capabilities ?? [])],
    config: row.config,
    credentialNames: namesOf(row),
    labels: row.labels,
    priceBookId: row.priceBookId,
    enabled: row.enabled,
    isDemo: row.isDemo,
    healthOk: row.healthOk,
    healthMessage: row.healthMessage,
    version: detail.version ?? null,
    capacity: detail.capacity ?? null,
    facts: detail.facts ?? {},
    allowances: driver ? allowancesOf(driver, row.config, detail.facts ?? {}) : null,
    warning: driver && hostWarning(driver, row.config),
    checkedAt: row.checkedAt?.toISOString() ?? null,
    environments: row.environments,
    resources: row.resources,
    held: { cpu: row.cpu, memoryBytes: row.memoryBytes, storageBytes: row.storageBytes },
    createdAt: row.createdAt.toISOString(),
  };
}

/** A configuration that an earlier version accepted may be refused now: the cloud's check says so. */
function allowancesOf(
  driver: Driver,
  config: Record<string, unknown>,
  facts: Record<string, string>,
): CloudDto["allowances"] {
  const parsed = driver.configSchema.safeParse(config);
  if (!parsed.success) return null;
  const { title, rows } = driver.allowances(parsed.data, facts);
  return { title, rows: rows.map((row) => ({ ...row, settings: [...row.settings] })) };
}

/** A key that was lost must not hide the cloud from the list: its names are then unknown, its check says why. */
function namesOf(row: CloudRow): string[] {
  try {
    return Object.keys(openCredentials(row.id, row.credentials)).sort();
  } catch (error) {
    if (error instanceof SealError) return [];
    throw error;
  }
}

/** What placement needs to know of an enabled cloud. */
export interface PlacementCandidate {
  id: string;
  name: string;
  title: string;
  driver: string;
  implementations: readonly ImplementationKind[];
  capabilities: ReadonlySet<Capability>;
  labels: Record<string, string>;
  /** Null while it was never checked. */
  healthOk: boolean | null;
  healthMessage: string;
  /** What is still free; null when the cloud cannot say. */
  free: Size | null;
  /** Ports that it can still give out; null when it gives out none or did not say. */
  freePorts: number | null;
  priceBookId: string | null;
  isDemo: boolean;
  /** How components are kept apart there; null where the driver says nothing of it. */
  isolation: Isolation | null;
}

/** The enabled clouds that placement chooses from, oldest first. */
export async function placementCandidates(): Promise<PlacementCandidate[]> {
  const known = (await listPlacementRows()).filter((row) => isDriverKind(row.driver));
  return await Promise.all(
    known.map(async (row) => {
      const driver = await driverFor(row.driver);
      const detail = healthDetailSchema.safeParse(row.healthDetail).data;
      return {
        id: row.id,
        name: row.name,
        title: row.title,
        driver: row.driver,
        implementations: driver.implementations,
        capabilities: driver.capabilities,
        labels: row.labels,
        healthOk: row.healthOk,
        healthMessage: row.healthMessage,
        free: detail?.capacity ? freeOf(detail.capacity) : null,
        freePorts: detail?.ports?.free ?? null,
        priceBookId: row.priceBookId,
        isDemo: row.isDemo,
        isolation: isolationSchema.safeParse(detail?.facts?.isolation).data ?? null,
      };
    }),
  );
}

/** What a cloud cannot measure must not stand in the way: the change itself will tell. */
function freeOf({ total, free }: { total: Size; free: Size }): Size {
  const known = (part: keyof Size) => (total[part] > 0 ? free[part] : Number.POSITIVE_INFINITY);
  return { cpu: known("cpu"), memoryBytes: known("memoryBytes"), storageBytes: known("storageBytes") };
}

/** Every driver with the JSON Schema of its configuration, for the administrator's form. */
export async function listDrivers(): Promise<DriverDto[]> {
  return (await drivers()).map((driver) => ({
    kind: driver.kind,
    title: driver.title,
    implementations: [...driver.implementations],
    capabilities: [...driver.capabilities],
    configSchema: plainSchema(driver),
  }));
}

/** zod hangs its own machinery on what it answers; screens and the API take the JSON alone. */
function plainSchema(driver: { configSchema: z.ZodType }): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(z.toJSONSchema(driver.configSchema, { io: "input", unrepresentable: "any" })),
  );
}
