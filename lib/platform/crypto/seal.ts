import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { getSecretKey, getSecretKeys } from "../config";

const version = "v1";
const ivBytes = 12;
const tagBytes = 16;

/** A sealed text that cannot be opened: another key, another context, or altered. */
export class SealError extends Error {
  override readonly name = "SealError";
}

const keyIds = new WeakMap<Buffer, string>();

/** Short name of a key, kept in every sealed text so that a wrong key is told apart from a damaged text. */
export function keyIdOf(key: Buffer): string {
  const known = keyIds.get(key);
  if (known) return known;
  const keyId = createHash("sha256").update("rostrum key id").update(key).digest("hex").slice(0, 8);
  keyIds.set(key, keyId);
  return keyId;
}

let randomPool = Buffer.alloc(0);

/** Random bytes are drawn many at a time: one draw costs as much as the encryption of a short text. Never used twice. */
function nextIv(): Buffer {
  if (randomPool.length < ivBytes) randomPool = randomBytes(ivBytes * 256);
  const iv = randomPool.subarray(0, ivBytes);
  randomPool = randomPool.subarray(ivBytes);
  return iv;
}

/**
 * Encrypts a text with AES-256-GCM: `v1.<key id>.<iv>.<ciphertext and tag>`, base64url. `context` names what the
 * text belongs to (for example "cloud:cld_…"); it is authenticated, so a sealed text copied to another row does not open.
 */
export function seal(plaintext: string, context: string): string {
  const key = getSecretKey();
  const iv = nextIv();
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(context, "utf8"));
  const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [version, keyIdOf(key), iv.toString("base64url"), sealed.toString("base64url")].join(".");
}

/**
 * The text that `seal` was given, for the same context.
 * @throws SealError when it was sealed with another key or for another context, or was altered
 */
export function unseal(sealed: string, context: string): string {
  const [foundVersion, keyId, ivText, bodyText, ...rest] = sealed.split(".");
  if (foundVersion !== version || !keyId || !ivText || !bodyText || rest.length > 0) {
    throw new SealError("This value is not encrypted.");
  }
  const keys = getSecretKeys();
  const key = keys.find((one) => keyIdOf(one) === keyId);
  if (!key) {
    const present = keys.map(keyIdOf).join(", ");
    throw new SealError(
      `Encrypted with key ${keyId}, but the active key is ${present}. Restore key ${keyId}.`,
    );
  }
  const iv = Buffer.from(ivText, "base64url");
  const body = Buffer.from(bodyText, "base64url");
  if (iv.length !== ivBytes || body.length < tagBytes) throw new SealError("The encrypted value is damaged.");
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context, "utf8"));
  decipher.setAuthTag(body.subarray(body.length - tagBytes));
  try {
    return (
      decipher.update(body.subarray(0, body.length - tagBytes), undefined, "utf8") + decipher.final("utf8")
    );
  } catch (error) {
    throw new SealError("The encrypted value was modified or belongs to another record.", { cause: error });
  }
}
