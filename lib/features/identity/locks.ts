import { lockUntilCommit, type Tx } from "@/lib/platform/db";

/** Key of the advisory lock of the first start; an arbitrary constant of ours. */
const firstStartKey = 7_266_031;

/** Lets one process at a time make the first administrator: portal and workers may start at once. */
export async function lockFirstStart(tx: Tx): Promise<void> {
  await lockUntilCommit(tx, firstStartKey);
}

/** Lets one first sign-in of an identity at a provider continue at a time: two at once must not make two users. */
export async function lockProviderIdentity(tx: Tx, provider: string, subject: string): Promise<void> {
  await lockUntilCommit(tx, `oidc ${provider} ${subject}`);
}
