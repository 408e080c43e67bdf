import { createHmac, hkdfSync } from "node:crypto";
import { getSecretKeys } from "../config";

const derivedKeys = new WeakMap<Buffer, Map<string, Buffer>>();

/**
 * HMAC-SHA-256 of a text in hex, once with each secret key at hand, the one in use first: who has the text alone cannot
 * compute it, and who has the hash alone cannot try texts.
 * @param purpose label that keeps hashes of one use from meaning anything in another (HKDF-SHA-256, RFC 5869)
 */
export function keyedHashes(text: string, purpose: string): [string, ...string[]] {
  const [inUse, ...earlier] = getSecretKeys().map((secret) =>
    createHmac("sha256", derivedKey(secret, purpose)).update(text, "utf8").digest("hex"),
  );
  if (inUse === undefined) throw new Error("No secret key found.");
  return [inUse, ...earlier];
}

function derivedKey(secret: Buffer, purpose: string): Buffer {
  const ofSecret = derivedKeys.get(secret) ?? new Map<string, Buffer>();
  derivedKeys.set(secret, ofSecret);
  const known = ofSecret.get(purpose);
  if (known) return known;
  const derived = Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), `rostrum ${purpose}`, 32));
  ofSecret.set(purpose, derived);
  return derived;
}
