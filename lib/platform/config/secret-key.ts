import { hkdfSync, randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, ConfigError, getConfig } from "./load";

const keys = new Map<string, Buffer>();

/**
 * The 32-byte key that everything secret is encrypted with: `ROSTRUM_KEY`, else the file `secret.key`
 * in the data directory, which the first caller creates with mode 0600.
 * @throws ConfigError when the file holds something else than a key
 */
export function getSecretKey(config: Config = getConfig()): Buffer {
  if (config.secretKeyBase64 !== undefined) return Buffer.from(config.secretKeyBase64, "base64");
  const file = join(config.dataDir, "secret.key");
  const known = keys.get(file);
  if (known) return known;
  const key = readKeyFile(file) ?? createKeyFile(config.dataDir, file);
  keys.set(file, key);
  return key;
}

/** The secret next-auth signs sessions with: `NEXTAUTH_SECRET`, else derived from the secret key. */
export function getAuthSecret(config: Config = getConfig()): string {
  if (config.nextauthSecret !== undefined) return config.nextauthSecret;
  const derived = hkdfSync("sha256", getSecretKey(config), Buffer.alloc(0), "rostrum next-auth", 32);
  return Buffer.from(derived).toString("base64url");
}

function readKeyFile(file: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== 32) throw new ConfigError(`${file} is not a key. Restore it from a backup.`);
  return key;
}

/** Portal and workers may create the key at once: `link` lets exactly one of them win, never half a file. */
function createKeyFile(dataDir: string, file: string): Buffer {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  try {
    chmodSync(draft, 0o600);
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const key = readKeyFile(file);
  if (!key) throw new ConfigError(`${file} vanished while it was being created.`);
  return key;
}
