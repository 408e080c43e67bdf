import { driverFor, driverKinds, isDriverKind } from "@/lib/clouds/registry";
import type { AuditAction } from "@/lib/kernel/audit-actions";
import { AppError, type FieldProblem } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { forgetConnection } from "./connections";
import { openCredentials, sealCredentials } from "./credentials";
import { checkCloud } from "./health";
import { findHostProblem } from "./portal-host";
import { getCloud } from "./queries";
import type { CloudDto, CreateCloud, UpdateCloud } from "./schema";
import {
  getConnectionSettings,
  hasCloudNamed,
  hasPriceBook,
  insertCloud,
  updateCloudSettings,
} from "./store-settings";

/**
 * Registers a cloud and looks at it once. Its credentials are sealed and never answered.
 * @throws AppError validation_failed with one problem per wrong setting, conflict when the name is taken
 */
export async function createCloud(actor: Actor, input: CreateCloud): Promise<CloudDto> {
  requirePermission(actor, "cloud.manage", { what: "Clouds" });
  await checkConfig(input.driver, input.config);
  const id = newId("cloud");
  await inTransaction(async (tx) => {
    if (await hasCloudNamed(input.name, tx)) {
      throw new AppError("conflict", `A cloud named ${input.name} already exists.`);
    }
    await requirePriceBook(tx, input.priceBookId);
    await insertCloud(tx, { ...input, id, credentials: sealCredentials(id, input.credentials) });
    await changed(tx, actor, "cloud.create", id, {
      name: input.name,
      driver: input.driver,
      credentialNames: Object.keys(input.credentials),
    });
  });
  await checkCloud(id);
  return await getCloud(id);
}

/**
 * Changes a cloud; what is absent stays. Runs under way finish with the connection they have.
 * @throws AppError not_found, validation_failed
 */
export async function updateCloud(actor: Actor, id: string, input: UpdateCloud): Promise<CloudDto> {
  requirePermission(actor, "cloud.manage", { what: "The cloud", objectType: "cloud", objectId: id });
  await inTransaction(async (tx) => {
    const row = await getConnectionSettings(id, tx);
    if (input.config) await checkConfig(row.driver, input.config);
    if (input.priceBookId !== undefined) await requirePriceBook(tx, input.priceBookId);
    const credentials = input.credentials && mergeCredentials(id, row.credentials, input.credentials);
    const { credentials: given, ...shown } = input;
    await updateCloudSettings(tx, id, { ...shown, credentials });
    await changed(tx, actor, "cloud.update", id, {
      name: row.name,
      ...shown,
      ...(given && { credentialNames: Object.keys(given) }),
    });
  });
  forgetConnection(id);
  await checkCloud(id);
  return await getCloud(id);
}

/**
 * Asks a cloud how it is, now.
 * @throws AppError not_found
 */
export async function checkCloudNow(actor: Actor, id: string): Promise<CloudDto> {
  requirePermission(actor, "cloud.manage", { what: "The cloud", objectType: "cloud", objectId: id });
  await checkCloud(id);
  return await getCloud(id);
}

async function changed(
  tx: Tx,
  actor: Actor,
  action: AuditAction,
  id: string,
  detail: Record<string, unknown>,
) {
  await publishEvent(tx, "admin", action, { id });
  await recordAudit(tx, { actor, action, objectType: "cloud", objectId: id, detail });
}

/** The driver exists and accepts the configuration, whose links do not have the portal's own host. */
async function checkConfig(kind: string, config: Record<string, unknown>): Promise<void> {
  if (!isDriverKind(kind)) {
    const message = `expected one of ${driverKinds.join(", ")}`;
    throw new AppError("validation_failed", `Unknown driver "${kind}".`, {
      problems: [{ path: "driver", message }],
    });
  }
  const driver = await driverFor(kind);
  const parsed = driver.configSchema.safeParse(config);
  const ownHost = findHostProblem(driver, config);
  if (parsed.success && !ownHost) return;
  const problems: FieldProblem[] = (parsed.error?.issues ?? []).map((issue) => ({
    path: ["config", ...issue.path.map(String)].join("."),
    message: issue.message,
  }));
  if (ownHost) problems.push(ownHost);
  throw new AppError("validation_failed", "The cloud configuration is invalid.", { problems });
}

async function requirePriceBook(tx: Tx, id: string | null): Promise<void> {
  if (id === null) return;
  if (await hasPriceBook(id, tx)) return;
  throw new AppError("validation_failed", "Price book not found.", {
    problems: [{ path: "priceBookId", message: "price book not found" }],
  });
}

/** Given ones replace, an empty text removes, the others stay: no one has to type again what they cannot see. */
function mergeCredentials(id: string, sealed: string | null, given: Record<string, string>): string | null {
  const merged = { ...openCredentials(id, sealed), ...given };
  return sealCredentials(id, Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== "")));
}
