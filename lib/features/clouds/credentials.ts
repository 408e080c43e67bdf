import { z } from "zod";
import { seal, unseal } from "@/lib/platform/crypto";

const credentialsSchema = z.record(z.string(), z.string());

/** Sealed credentials for the database; null where there are none. */
export function sealCredentials(credentials: Record<string, string>): string | null {
  return Object.keys(credentials).length === 0 ? null : seal(JSON.stringify(credentials));
}

/** The credentials in clear, for a driver and nobody else. */
export function openCredentials(sealed: string | null): Record<string, string> {
  return sealed === null ? {} : credentialsSchema.parse(JSON.parse(unseal(sealed)));
}
