import { z } from "zod";
import { SealError, seal, unseal } from "@/lib/platform/crypto";
import { Masker, rememberSecrets } from "@/lib/platform/masking";
import { findSealedCredentials } from "./store-settings";

const credentialsSchema = z.record(z.string(), z.string());

/** What a cloud's credentials are sealed for: copied to another cloud they do not open. */
export const credentialsContext = (cloudId: string) => `cloud:${cloudId}`;

/** Sealed credentials for the database; null where there are none. */
export function sealCredentials(cloudId: string, credentials: Record<string, string>): string | null {
  if (Object.keys(credentials).length === 0) return null;
  return seal(JSON.stringify(credentials), credentialsContext(cloudId));
}

/** The credentials in clear, for a driver and no one else. */
export function openCredentials(cloudId: string, sealed: string | null): Record<string, string> {
  if (sealed === null) return {};
  const credentials = credentialsSchema.parse(JSON.parse(unseal(sealed, credentialsContext(cloudId))));
  rememberSecrets(credentialsContext(cloudId), sealed, [credentials]);
  return credentials;
}

/** Nothing where they can't be opened: then no one could have used them. */
function credentialsOrNone(cloudId: string, sealed: string | null): Record<string, string> {
  try {
    return openCredentials(cloudId, sealed);
  } catch (error) {
    if (error instanceof SealError || error instanceof SyntaxError || error instanceof z.ZodError) return {};
    throw error;
  }
}

/** A masker of what a cloud's credentials say, for what its driver answers to people. */
export async function credentialsMasker(cloudId: string): Promise<Masker> {
  return new Masker([credentialsOrNone(cloudId, await findSealedCredentials(cloudId))]);
}
