import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const iterations = 4_096;
const digestBytes = 32;

/**
 * What PostgreSQL stores of a password (RFC 5803, "SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>"). Given
 * instead of the password, it keeps the password out of statements, which servers may log.
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, iterations, digestBytes, "sha256");
  const keyed = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(keyed("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${keyed("Server Key").toString("base64")}`;
}
