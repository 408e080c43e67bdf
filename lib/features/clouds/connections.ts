import { join } from "node:path";
import type { CloudConnection } from "@/lib/clouds/contract";
import { driverFor } from "@/lib/clouds/registry";
import { AppError, messageOf } from "@/lib/kernel/errors";
import { getConfig } from "@/lib/platform/config";
import { runtimeDir } from "@/lib/platform/exec/reachable";
import { moduleLog } from "@/lib/platform/log";
import { Masker } from "@/lib/platform/masking";
import { openCredentials } from "./credentials";
import { type ConnectionSettings, getConnectionSettings } from "./store-settings";
import { reasonAgainstUnconfined } from "./unconfined";

interface Entry {
  version: string;
  /** When the cloud's row was last read. */
  readAtMs: number;
  connection: Promise<CloudConnection>;
}

/** For so long a cloud's row is not read again: a change made in another process is seen a second later. */
const freshMs = 1_000;
/** How long a step may still be using a connection whose configuration was changed meanwhile. */
const staleGraceMs = 10 * 60_000;

const holder = globalThis as typeof globalThis & { rostrumClouds?: Map<string, Entry> };
/** Next's development server loads modules again and again; sockets of a cloud must not pile up. */
function entries(): Map<string, Entry> {
  holder.rostrumClouds ??= new Map();
  return holder.rostrumClouds;
}

/**
 * The open connection to a cloud, shared by the whole process. Opened again when its configuration changed.
 * Callers do not close it. With `reread` the configuration is looked at now, not up to a second ago.
 * @throws AppError not_found, or unavailable when the driver cannot open it
 */
export async function connectionFor(
  cloudId: string,
  options: { reread?: boolean } = {},
): Promise<CloudConnection> {
  const fresh = options.reread ? undefined : entries().get(cloudId);
  if (fresh && Date.now() - fresh.readAtMs < freshMs) return await fresh.connection;
  const row = await (options.reread ? getConnectionSettings(cloudId) : shareRow(cloudId));
  const cached = entries().get(cloudId);
  if (cached?.version === row.version) {
    cached.readAtMs = Date.now();
    return await cached.connection;
  }
  if (cached) closeLater(cached);
  const entry: Entry = { version: row.version, readAtMs: Date.now(), connection: open(row) };
  entries().set(cloudId, entry);
  try {
    return await entry.connection;
  } catch (error) {
    // The next caller tries again instead of getting the same old failure.
    if (entries().get(cloudId) === entry) entries().delete(cloudId);
    throw error;
  }
}

/** Forgets the connection to a cloud that was changed or deleted; a running step may finish with it. */
export function forgetConnection(cloudId: string): void {
  const entry = entries().get(cloudId);
  if (!entry) return;
  entries().delete(cloudId);
  closeLater(entry);
}

/** Closes every connection: for the end of the process and of a test. */
export async function closeConnections(): Promise<void> {
  const open = [...entries().values()];
  entries().clear();
  await Promise.all(open.map(closeEntry));
}

/** The directory only this cloud writes to. */
export function cloudDataDir(cloudId: string): string {
  return join(getConfig().dataDir, "clouds", cloudId);
}

const reading = new Map<string, Promise<ConnectionSettings>>();

/** Many who find the row no longer fresh at the same moment read it once. */
async function shareRow(cloudId: string): Promise<ConnectionSettings> {
  const under = reading.get(cloudId);
  if (under) return await under;
  const row = getConnectionSettings(cloudId).finally(() => reading.delete(cloudId));
  reading.set(cloudId, row);
  return await row;
}

async function open(row: ConnectionSettings): Promise<CloudConnection> {
  const log = moduleLog("clouds");
  let masker = new Masker([]);
  try {
    const credentials = openCredentials(row.id, row.credentials);
    masker = new Masker([credentials]);
    const driver = await driverFor(row.driver);
    return await driver.open(driver.configSchema.parse(row.config), {
      cloudId: row.id,
      dataDir: cloudDataDir(row.id),
      runtimeDir: runtimeDir(getConfig()),
      credentials,
      log: (level, message) => log[level]({ cloud: row.name }, masker.mask(message)),
      reasonAgainstUnconfined,
    });
  } catch (error) {
    const masked = masker.maskError(error);
    throw new AppError("unavailable", `Couldn’t connect to cloud ${row.name}: ${messageOf(masked)}`, {
      cause: masked,
    });
  }
}

function closeLater(entry: Entry): void {
  setTimeout(() => void closeEntry(entry), staleGraceMs).unref();
}

async function closeEntry(entry: Entry): Promise<void> {
  try {
    await (await entry.connection).close();
  } catch (error) {
    moduleLog("clouds").warn({ err: error }, "a cloud's connection did not close cleanly");
  }
}
