import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { hashPassword, randomToken } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import { findPasswordProblem, initialPasswordEnd } from "../users";
import { lockFirstStart } from "./locks";
import { countRealAdministrators, putAdministrator } from "./store";

export interface FirstAdministrator {
  email: string;
  /** Only when it was generated; this is the one time it can be seen. */
  password: string | null;
}

/** Whether there is an administrator besides demo ones. */
export async function hasAdministrator(): Promise<boolean> {
  return (await countRealAdministrators()) > 0;
}

/**
 * Makes the first administrator where there is none but demo ones: `ADMIN_EMAIL` and `ADMIN_PASSWORD`, else
 * admin@rostrum.local with a generated password, which ends after a week. Answers null when there was nothing to do.
 */
export async function ensureAdministrator(): Promise<FirstAdministrator | null> {
  const { adminEmail, adminPassword } = getConfig();
  const email = adminEmail ?? "admin@rostrum.local";
  return await inTransaction(async (tx) => {
    await lockFirstStart(tx);
    if ((await countRealAdministrators(tx)) > 0) return null;
    const password = adminPassword ?? randomToken(15);
    const problem = adminPassword === undefined ? null : await findPasswordProblem(adminPassword, { email });
    if (problem) throw new AppError("validation_failed", `ADMIN_PASSWORD: ${problem}`);
    const passwordHash = await hashPassword(password);
    const passwordEndsAt = adminPassword === undefined ? initialPasswordEnd() : null;
    const created = { id: newId("user"), email, name: "Administrator" };
    const id = await putAdministrator(tx, created, { passwordHash, passwordEndsAt });
    await recordAudit(tx, {
      actor: systemActor("first start"),
      action: "user.create",
      objectType: "user",
      objectId: id,
      detail: { email, orgRole: "admin" },
    });
    return { email, password: adminPassword === undefined ? password : null };
  });
}
