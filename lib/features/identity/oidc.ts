import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { withTransaction } from "@/lib/platform/db";
import type { Person } from "./people";

export interface OidcProfile {
  sub: string;
  email?: string | undefined;
  /** Left out by many providers of one company's people; then the address is not proven. */
  email_verified?: boolean | undefined;
  name?: string | undefined;
  preferred_username?: string | undefined;
}

export type OidcResult = { person: Person } | { refused: "disabled" | "no-email" | "email-not-verified" };

/**
 * The person behind an identity at the provider: known by subject, else linked by an e-mail address the provider has
 * verified, else new, as a member without any role. An unverified address never takes over an existing person.
 */
export async function findOrCreateOidcPerson(profile: OidcProfile): Promise<OidcResult> {
  const provider = `oidc:${getConfig().oidc?.issuer ?? ""}`;
  const { sub: subject } = profile;
  return await withTransaction(async (tx) => {
    // Two first sign-ins of one person at once must not make two people.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`oidc ${provider} ${subject}`}, 0))`;
    const account = await tx.account.findUnique({
      where: { provider_subject: { provider, subject } },
      include: { user: true },
    });
    if (account) return account.user.disabledAt ? { refused: "disabled" } : { person: account.user };
    const email = profile.email?.trim().toLowerCase();
    if (!email) return { refused: "no-email" };
    const known = await tx.user.findUnique({ where: { email } });
    if (known?.disabledAt) return { refused: "disabled" };
    if (known && profile.email_verified !== true) return { refused: "email-not-verified" };
    const name = profile.name || profile.preferred_username || email;
    const person = known ?? (await tx.user.create({ data: { id: newId("user"), email, name } }));
    await tx.account.create({ data: { provider, subject, userId: person.id } });
    await recordAudit(tx, {
      actor: systemActor("single sign-on"),
      action: known ? "user.link" : "user.create",
      objectType: "user",
      objectId: person.id,
      detail: { email, provider, subject },
    });
    return { person };
  });
}
