import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What no one can guess has 128 random bits or more (OWASP ASVS 11.5.1). */
const leastBytes = 16;

/** A random text of `bytes` bytes (256 bits if absent, never fewer than 128) in base64url. */
export function randomToken(bytes = 32): string {
  return randomBytes(Math.max(bytes, leastBytes)).toString("base64url");
}

/**
 * SHA-256 of a token in hex. Tokens carry 256 random bits, so a slow hash would add nothing; lookups go by
 * the hash, which also makes comparing constant in time.
 */
export function hashToken(token: string): string {
  return createHash("sha256").update(token, "utf8").digest("hex");
}

/** Compares two texts in a time that depends on their lengths only. */
export function equalConstantTime(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash("sha256").update(text, "utf8").digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
