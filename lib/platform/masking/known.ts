import { Masker } from "./masker";

/** Owners whose secrets are looked for in the log, those in use last. */
const mostOwners = 256;

interface Known {
  /** Tells whether the secrets are still the same; says nothing about them. */
  fingerprint: string;
  masker: Masker;
}

const holder = globalThis as typeof globalThis & { rostrumKnownSecrets?: Map<string, Known> };
/** One for the process, however often its modules are loaded. */
function owners(): Map<string, Known> {
  holder.rostrumKnownSecrets ??= new Map();
  return holder.rostrumKnownSecrets;
}

/**
 * Notes secrets that this process has decrypted, so that no line of its log shows them (`maskKnown`).
 * @param owner whose they are, for example "environment:env_…"
 * @param fingerprint changes when they do, for example their sealed texts
 */
export function rememberSecrets(owner: string, fingerprint: string, values: Iterable<unknown>): void {
  const known = owners().get(owner);
  owners().delete(owner);
  const fresh = known?.fingerprint === fingerprint ? known : { fingerprint, masker: new Masker(values) };
  // Owners without secrets would push out those who have some.
  if (fresh.masker.isEmpty) return;
  owners().set(owner, fresh);
  const [oldest] = owners().keys();
  if (owners().size > mostOwners && oldest !== undefined) owners().delete(oldest);
}

/** A text without the secrets that this process works with. For the log: whose secret it is decides nothing. */
export function maskKnown(text: string): string {
  let masked = text;
  for (const { masker } of owners().values()) masked = masker.mask(masked);
  return masked;
}
