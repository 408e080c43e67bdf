import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { unverifiedAddress } from "../users";
import { lockProviderIdentity } from "./locks";
import type { Person } from "./people";
import { changeUser, findUserByEmail, findUserBySubject, insertProviderAccount, insertUser } from "./store";

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
 * verified, else new, as a member without any role. An unverified address takes over no one and identifies no one: it is
 * kept as what the person says, until the provider has verified it or an administrator sets it.
 */
export async function findOrCreateOidcPerson(profile: OidcProfile): Promise<OidcResult> {
  const provider = `oidc:${getConfig().oidc?.issuer ?? ""}`;
  const { sub: subject } = profile;
  const email = profile.email?.trim().toLowerCase();
  const verified = email !== undefined && isVerified(profile);
  return await inTransaction(async (tx) => {
    await lockProviderIdentity(tx, provider, subject);
    const owner = await findUserBySubject(tx, provider, subject);
    if (owner?.disabledAt) return { refused: "disabled" };
    if (owner) {
      const claims = owner.unclaimedEmail !== null && verified;
      return { person: claims ? await claimEmail(tx, owner, email) : owner };
    }
    if (!email) return { refused: "no-email" };
    const known = await findUserByEmail(tx, email);
    if (known?.disabledAt) return { refused: "disabled" };
    if (known && !verified) return { refused: "email-not-verified" };
    const person = known ?? (await createPerson(tx, profile, email, verified));
    await insertProviderAccount(tx, { provider, subject, userId: person.id });
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
  return await insertUser(tx, { id, name, ...address });
}

/** The address is the person's from now on, unless it is someone else's by now. */
async function claimEmail(tx: Tx, person: Person, email: string): Promise<Person> {
  if (await findUserByEmail(tx, email)) return person;
  const claimed = await changeUser(tx, person.id, { email, unclaimedEmail: null });
  await recordAudit(tx, {
    actor: systemActor("single sign-on"),
    action: "user.update",
    objectType: "user",
    objectId: person.id,
    detail: { email, verified: true },
  });
  return claimed;
}
