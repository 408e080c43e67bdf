import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

/** OWASP's scrypt parameters for 32 MiB a hash: about 80 ms of one core. */
const cost = { N: 2 ** 15, r: 8, p: 3 };
const keyBytes = 32;
const maxmem = 128 * 1024 * 1024;

/** Hashes a password: `scrypt$N$r$p$salt$hash`, base64url. Runs off the event loop. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

let decoy: Promise<string> | undefined;

/**
 * Whether a password belongs to a stored hash. Without a hash (an unknown person, or one without a password) the
 * same work is done against a decoy, so that the time taken tells nothing about who exists.
 */
export async function verifyPassword(password: string, stored: string | null | undefined): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(16).toString("hex"));
  const matches = await matchesHash(password, stored ?? (await decoy));
  return matches && stored != null;
}

async function matchesHash(password: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt, hash] = stored.split("$");
  if (scheme !== "scrypt" || !salt || !hash) return false;
  const expected = Buffer.from(hash, "base64url");
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  const key = await derive(password, Buffer.from(salt, "base64url"), options, expected.length);
  return timingSafeEqual(key, expected);
}

function derive(password: string, salt: Buffer, options: ScryptOptions, length = keyBytes): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One spelling of a character, whichever keyboard typed it.
    scrypt(password.normalize("NFKC"), salt, length, { ...options, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
