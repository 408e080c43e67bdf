import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { hashPassword, randomToken } from "@/lib/platform/crypto";
import { getPrisma, withTransaction } from "@/lib/platform/db";
import { findPasswordProblem, initialPasswordEnd } from "../users";

/** Key of the advisory lock of the first start: portal and workers may start at once. */
const lockKey = 7_266_031;

export interface FirstAdministrator {
  email: string;
  /** Only when it was generated; this is the one time it can be seen. */
  password: string | null;
}

const administrators = { orgRole: "admin", isDemo: false } as const;

/** Whether there is an administrator besides demo ones. */
export async function hasAdministrator(): Promise<boolean> {
  return (await getPrisma().user.count({ where: administrators })) > 0;
}

/**
 * Makes the first administrator where there is none but demo ones: `ADMIN_EMAIL` and `ADMIN_PASSWORD`, else
 * admin@rostrum.local with a generated password, which ends after a week. Answers null when there was nothing to do.
 */
export async function ensureAdministrator(): Promise<FirstAdministrator | null> {
  const { adminEmail, adminPassword } = getConfig();
  const email = adminEmail ?? "admin@rostrum.local";
  return await withTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${lockKey}::bigint)`;
    const known = await tx.user.count({ where: administrators });
    if (known > 0) return null;
    const password = adminPassword ?? randomToken(15);
    const problem = adminPassword === undefined ? null : await findPasswordProblem(adminPassword, { email });
    if (problem) throw new AppError("validation_failed", `ADMIN_PASSWORD: ${problem}`);
    const passwordHash = await hashPassword(password);
    const passwordEndsAt = adminPassword === undefined ? initialPasswordEnd() : null;
    const { id } = await tx.user.upsert({
      where: { email },
      create: {
        id: newId("user"),
        email,
        name: "Administrator",
        passwordHash,
        passwordEndsAt,
        orgRole: "admin",
      },
      update: { orgRole: "admin", passwordHash, passwordEndsAt, disabledAt: null, isDemo: false },
    });
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
