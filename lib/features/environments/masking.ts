import { createHash } from "node:crypto";
import type { Endpoint, Published } from "@/lib/engine/plan";
import { credentialsContext } from "@/lib/features/clouds";
import { gitCredentialContext } from "@/lib/features/credentials";
import { SealError, unseal } from "@/lib/platform/crypto";
import { Masker, rememberSecrets } from "@/lib/platform/masking";
import { secretContext } from "./context";
import { listSealed, type SealedRow } from "./known-secrets.sql";

/** What stands in the place of a text that may hold a secret no one can look for. */
export const withheldText =
  "Output withheld: some secrets of this environment can’t be decrypted, so they can’t be masked. Add the key that encrypted them to ROSTRUM_KEY.";

/** What is known of the secrets of an environment now. */
export interface KnownSecrets {
  /** Withholds every text while any secret is unreadable: what is stored is read by everybody, for ever. */
  masker: Masker;
  /** Sealed with a key that is lost: these cannot be masked. */
  unreadable: number;
}

interface Cached extends KnownSecrets {
  fingerprint: string;
  /** What could be decrypted. */
  values: unknown[];
}

const mostCached = 256;
const cache = new Map<string, Cached>();

/** The secrets of environments as they are known at the time of the call. What did not change is not opened again. */
export async function knownSecrets(environmentIds: readonly string[]): Promise<Map<string, KnownSecrets>> {
  const grouped = groupRows(await listSealed(environmentIds));
  return new Map(environmentIds.map((id) => [id, fromCache(id, grouped.get(id) ?? [])]));
}

/** The masker of one environment, never older than the call. */
export async function environmentMasker(environmentId: string): Promise<Masker> {
  return (await knownSecrets([environmentId])).get(environmentId)?.masker ?? new Masker([], withheldText);
}

/** A text that came out of an environment, without its secrets; for what is stored, sent or shown to everybody. */
export async function maskFor(environmentId: string, text: string): Promise<string> {
  return text === "" ? text : (await environmentMasker(environmentId)).mask(text);
}

/** What of a component's outputs is secret. */
export function publishedSecrets({ internal, external }: Published): unknown[] {
  const secretsOf = ({ outputs }: Endpoint) =>
    Object.values(outputs).flatMap((output) => (output.secret ? [output.value] : []));
  return [...secretsOf(internal), ...secretsOf(external)];
}

function groupRows(rows: readonly SealedRow[]): Map<string, SealedRow[]> {
  const grouped = new Map<string, SealedRow[]>();
  for (const row of rows) {
    const list = grouped.get(row.environmentId);
    if (list) list.push(row);
    else grouped.set(row.environmentId, [row]);
  }
  return grouped;
}

/** Of an environment without secrets, which need not be worked out for each of many. */
const none: KnownSecrets = { masker: new Masker([], null), unreadable: 0 };

function fromCache(environmentId: string, rows: readonly SealedRow[]): KnownSecrets {
  if (rows.length === 0 && !cache.has(environmentId)) return none;
  const hash = createHash("sha256");
  for (const sealed of rows.map((row) => row.sealed).sort()) hash.update(sealed).update("\n");
  const fingerprint = hash.digest("base64");
  const known = cache.get(environmentId);
  cache.delete(environmentId);
  const fresh = known?.fingerprint === fingerprint ? known : { ...openAll(rows), fingerprint };
  rememberSecrets(`known ${environmentId}`, fingerprint, fresh.values);
  cache.set(environmentId, fresh);
  const [oldest] = cache.keys();
  if (cache.size > mostCached && oldest !== undefined) cache.delete(oldest);
  return fresh;
}

function openAll(rows: readonly SealedRow[]): Omit<Cached, "fingerprint"> {
  let unreadable = 0;
  const values = rows.flatMap((row) => {
    try {
      return open(row);
    } catch (error) {
      if (!(error instanceof SealError) && !(error instanceof SyntaxError)) throw error;
      unreadable += 1;
      return [];
    }
  });
  return { masker: new Masker(values, unreadable > 0 ? withheldText : null), unreadable, values };
}

function contextOf({ environmentId, shape, sealedFor }: SealedRow): string {
  if (sealedFor === null) return secretContext(environmentId);
  if (shape !== "git") return credentialsContext(sealedFor);
  const [projectId = "", id = ""] = sealedFor.split(" ");
  return gitCredentialContext(projectId, id);
}

function open(row: SealedRow): unknown[] {
  const { shape, sealed } = row;
  const text = unseal(sealed, contextOf(row));
  if (shape === "value" || shape === "git") return [text];
  const value: unknown = JSON.parse(text);
  if (shape === "published") return publishedSecrets(value as Published);
  if (shape === "outputs") {
    return (value as { value: unknown; secret: boolean }[]).flatMap((one) => (one.secret ? [one.value] : []));
  }
  return [value];
}
