import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { type Tx, withTransaction } from "@/lib/platform/db";
import { unverifiedAddress } from "../users";
import type { Person } from "./people";

export interface OidcProfile {
  sub: string;
  email?: string | undefined;
  /** Left out by some providers of one company's people, sent as text by others. */
  email_verified?: boolean | string | undefined;
  name?: string | undefined;
  preferred_username?: string | undefined;
}

export type OidcResult = { person: Person } | { refused: "disabled" | "no-email" | "email-not-verified" };

/**
 * The person behind an identity at the provider: known by subject, else linked by an e-mail address the provider has
 * verified, else new, as a member without any role. An unverified address takes over nobody and identifies nobody: it is
 * kept as what the person says, until the provider has verified it or an administrator sets it.
 */
export async function findOrCreateOidcPerson(profile: OidcProfile): Promise<OidcResult> {
  const provider = `oidc:${getConfig().oidc?.issuer ?? ""}`;
  const { sub: subject } = profile;
  const email = profile.email?.trim().toLowerCase();
  const verified = email !== undefined && isVerified(profile);
  return await withTransaction(async (tx) => {
    // Two first sign-ins of one person at once must not make two people.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`oidc ${provider} ${subject}`}, 0))`;
    const account = await tx.account.findUnique({
      where: { provider_subject: { provider, subject } },
      include: { user: true },
    });
    if (account?.user.disabledAt) return { refused: "disabled" };
    if (account) {
      const claims = account.user.unclaimedEmail !== null && verified;
      return { person: claims ? await claimEmail(tx, account.user, email) : account.user };
    }
    if (!email) return { refused: "no-email" };
    const known = await tx.user.findUnique({ where: { email } });
    if (known?.disabledAt) return { refused: "disabled" };
    if (known && !verified) return { refused: "email-not-verified" };
    const person = known ?? (await createPerson(tx, profile, email, verified));
    await tx.account.create({ data: { provider, subject, userId: person.id } });
    await recordAudit(tx, {
      actor: systemActor("single sign-on"),
      action: known ? "user.link" : "user.create",
      objectType: "user",
      objectId: person.id,
      detail: { email, verified, provider, subject },
    });
    return { person };
  });
}

/** An explicit "not verified" is never overruled; a provider that says nothing may be trusted (`OIDC_TRUST_EMAIL`). */
function isVerified({ email_verified: said }: OidcProfile): boolean {
  if (said === undefined || said === null) return getConfig().oidc?.trustEmail === true;
  return said === true || said === "true";
}

async function createPerson(tx: Tx, profile: OidcProfile, email: string, verified: boolean): Promise<Person> {
  const id = newId("user");
  const name = profile.name || profile.preferred_username || email;
  const address = verified ? { email } : { email: unverifiedAddress(id), unclaimedEmail: email };
  return await tx.user.create({ data: { id, name, ...address } });
}

/** The address is the person's from now on, unless it is somebody else's by now. */
async function claimEmail(tx: Tx, person: Person, email: string): Promise<Person> {
  if (await tx.user.findUnique({ where: { email } })) return person;
  const claimed = await tx.user.update({ where: { id: person.id }, data: { email, unclaimedEmail: null } });
  await recordAudit(tx, {
    actor: systemActor("single sign-on"),
    action: "user.update",
    objectType: "user",
    objectId: person.id,
    detail: { email, verified: true },
  });
  return claimed;
}
