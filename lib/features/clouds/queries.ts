import { z } from "zod";
import type { Capability, Driver, ImplementationKind, Size } from "@/lib/clouds/contract";
import { driverFor, drivers, isDriverKind } from "@/lib/clouds/registry";
import { notFound } from "@/lib/kernel/errors";
import { SealError } from "@/lib/platform/crypto";
import { query } from "@/lib/platform/db";
import { openCredentials } from "./credentials";
import { hostWarning } from "./portal-host";
import { type CloudDto, type DriverDto, healthDetailSchema, type Isolation, isolationSchema } from "./schema";

interface CloudRow {
  id: string;
  name: string;
  title: string;
  driver: string;
  config: Record<string, unknown>;
  credentials: string | null;
  labels: Record<string, string>;
  price_book_id: string | null;
  enabled: boolean;
  is_demo: boolean;
  health_ok: boolean | null;
  health_message: string;
  health_detail: unknown;
  checked_at: Date | null;
  created_at: Date;
  environments: number;
  resources: number;
  cpu: number;
  memory: number;
  storage: number;
}

const select = `
  SELECT c.id, c.name, c.title, c.driver, c.config, c.credentials, c.labels, c.price_book_id, c.enabled, c.is_demo,
         c.health_ok, c.health_message, c.health_detail, c.checked_at, c.created_at,
         coalesce(h.environments, 0)::int AS environments, coalesce(h.resources, 0)::int AS resources,
         coalesce(round(h.cpu, 3), 0)::float8 AS cpu, coalesce(h.memory, 0) AS memory,
         coalesce(h.storage, 0) AS storage
    FROM cloud c
    LEFT JOIN (
      SELECT cloud_id, count(DISTINCT environment_id) AS environments, count(*) AS resources,
             sum(cpu * replicas) AS cpu, sum(memory_bytes * replicas)::float8 AS memory, sum(storage_bytes)::float8 AS storage
        FROM resource GROUP BY cloud_id) h ON h.cloud_id = c.id`;

/** Every cloud with its health, capacity and what lives on it. Credentials are answered by name only. */
export async function listClouds(): Promise<CloudDto[]> {
  const rows = await query<CloudRow>(`${select} ORDER BY c.is_demo, c.title`);
  return await Promise.all(rows.map(toDto));
}

/**
 * One cloud as `listClouds` shows it.
 * @throws AppError not_found
 */
export async function getCloud(id: string): Promise<CloudDto> {
  const [row] = await query<CloudRow>(`${select} WHERE c.id = $1`, [id]);
  if (!row) throw notFound("The cloud");
  return await toDto(row);
}

async function toDto(row: CloudRow): Promise<CloudDto> {
  const driver = isDriverKind(row.driver) ? await driverFor(row.driver) : null;
  const detail = healthDetailSchema.safeParse(row.health_detail).data ?? {};
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
    priceBookId: row.price_book_id,
    enabled: row.enabled,
    isDemo: row.is_demo,
    healthOk: row.health_ok,
    healthMessage: row.health_message,
    version: detail.version ?? null,
    capacity: detail.capacity ?? null,
    facts: detail.facts ?? {},
    allowances: driver ? allowancesOf(driver, row.config, detail.facts ?? {}) : null,
    warning: driver && hostWarning(driver, row.config),
    checkedAt: row.checked_at?.toISOString() ?? null,
    environments: row.environments,
    resources: row.resources,
    held: { cpu: row.cpu, memoryBytes: row.memory, storageBytes: row.storage },
    createdAt: row.created_at.toISOString(),
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
  const rows = await query<CloudRow>(
    `SELECT id, name, title, driver, labels, price_book_id, is_demo, health_ok, health_message, health_detail
       FROM cloud WHERE enabled ORDER BY created_at, id`,
    [],
    { name: "clouds-placement" },
  );
  const known = rows.filter((row) => isDriverKind(row.driver));
  return await Promise.all(
    known.map(async (row) => {
      const driver = await driverFor(row.driver);
      const detail = healthDetailSchema.safeParse(row.health_detail).data;
      return {
        id: row.id,
        name: row.name,
        title: row.title,
        driver: row.driver,
        implementations: driver.implementations,
        capabilities: driver.capabilities,
        labels: row.labels,
        healthOk: row.health_ok,
        healthMessage: row.health_message,
        free: detail?.capacity ? freeOf(detail.capacity) : null,
        freePorts: detail?.ports?.free ?? null,
        priceBookId: row.price_book_id,
        isDemo: row.is_demo,
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
