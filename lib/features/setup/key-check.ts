import { z } from "zod";
import { sealAudit } from "@/lib/features/audit";
import { getSetting, putSetting } from "@/lib/features/settings";
import { AppError } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { getConfig, getSecretKey, getSecretKeys } from "@/lib/platform/config";
import { keyIdOf } from "@/lib/platform/crypto";
import { inTransaction, pooled } from "@/lib/platform/db";

/** The short name of the key this database is encrypted with. */
export const keySettingKey = "setup.key";
export const keySetting = z.object({ id: z.string().nullable() });

/**
 * Refuses to continue with a key that this database was not encrypted with: a lost key file would be made again, and every
 * secret would be found unreadable one by one, weeks later. Remembers the short name of the key in use, not the key.
 * @throws AppError conflict, saying what to do
 */
export async function checkKey(): Promise<void> {
  const ids = getSecretKeys().map(keyIdOf);
  const { id: expected } = await getSetting(keySettingKey, keySetting, { id: null });
  if (expected === ids[0]) return;
  if (expected !== null && !ids.includes(expected)) throw wrongKey(expected, ids);
  await putSetting(pooled, keySettingKey, { id: ids[0] });
}

/**
 * Continues with the key there is, after the one of this database was lost: what that one sealed stays unreadable and has
 * to be given again. Answers the short names of the lost key and of the one in use.
 */
export async function acceptKey(actor: Actor): Promise<{ lost: string | null; inUse: string }> {
  requirePermission(actor, "settings.manage", { what: "The key" });
  const { id: lost } = await getSetting(keySettingKey, keySetting, { id: null });
  const inUse = keyIdOf(getSecretKey());
  await inTransaction(async (tx) => {
    await putSetting(tx, keySettingKey, { id: inUse });
    await recordAudit(tx, {
      actor,
      action: "key.accept",
      objectType: "organization",
      objectId: "key",
      detail: { lost, inUse },
    });
  });
  await sealAudit({ afterLostKey: true });
  return { lost, inUse };
}

function wrongKey(expected: string, ids: readonly string[]): AppError {
  const { secretKeysBase64, dataDir } = getConfig();
  const where = secretKeysBase64 ? "ROSTRUM_KEY" : `${dataDir}/secret.key`;
  return new AppError(
    "conflict",
    `The key in ${where} (${ids.join(", ")}) doesn't match the key of this database (${expected}). Restore that key. If it is lost, see "The key" in docs/guides/operating.md.`,
  );
}
