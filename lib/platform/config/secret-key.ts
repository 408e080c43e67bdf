import { hkdfSync, randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, ConfigError, getConfig } from "./load";

const known = new Map<string, readonly Buffer[]>();
/** Keys of a configuration, made once: what is kept of a key elsewhere hangs on its buffer. */
const decoded = new WeakMap<readonly string[], readonly Buffer[]>();

/**
 * The 32-byte key that everything secret is encrypted with: the first of `getSecretKeys`.
 * @throws ConfigError when the file holds something else than keys
 */
export function getSecretKey(config: Config = getConfig()): Buffer {
  const [key] = getSecretKeys(config);
  if (!key) throw new ConfigError("No secret key found.");
  return key;
}

/**
 * All keys, the one in use first; the others were in use before and still open what they sealed. They are listed in
 * `ROSTRUM_KEY`, else one a line in the file `secret.key` of the data directory, which the first caller creates with
 * mode 0600.
 * @throws ConfigError when the file holds something else than keys
 */
export function getSecretKeys(config: Config = getConfig()): readonly Buffer[] {
  if (config.secretKeysBase64) return decodedKeys(config.secretKeysBase64);
  const file = join(config.dataDir, "secret.key");
  const read = known.get(file);
  if (read) return read;
  const keys = readKeyFile(file) ?? createKeyFile(config.dataDir, file);
  known.set(file, keys);
  return keys;
}

function decodedKeys(listed: readonly string[]): readonly Buffer[] {
  const done = decoded.get(listed);
  if (done) return done;
  const keys = listed.map((key) => Buffer.from(key, "base64"));
  decoded.set(listed, keys);
  return keys;
}

/** The secret next-auth signs sessions with: `NEXTAUTH_SECRET`, else derived from the secret key. */
export function getAuthSecret(config: Config = getConfig()): string {
  if (config.nextauthSecret !== undefined) return config.nextauthSecret;
  const derived = hkdfSync("sha256", getSecretKey(config), Buffer.alloc(0), "rostrum next-auth", 32);
  return Buffer.from(derived).toString("base64url");
}

/**
 * Looks at the key file before anything is started with it; one that is not there yet is made later.
 * @throws ConfigError saying what is wrong with it and what to do
 */
export function checkKeyFile(config: Config): void {
  if (!config.secretKeysBase64) readKeyFile(join(config.dataDir, "secret.key"));
}

function readKeyFile(file: string): readonly Buffer[] | undefined {
  let text: string;
  try {
    text = readFileSync(file, "latin1");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw keyFileError(file, `can't be read (${code})`);
  }
  const lines = text.trim().split("\n");
  if (text.trim() === "") throw keyFileError(file, "is empty");
  return lines.map((line, index) => {
    const where = lines.length > 1 ? `line ${index + 1}` : "the content";
    if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(line.trim()))
      throw keyFileError(file, `is damaged: ${where} is not base64`);
    const key = Buffer.from(line.trim(), "base64");
    if (key.length === 32) return key;
    throw keyFileError(file, `is damaged: ${where} has ${key.length} bytes instead of 32`);
  });
}

function keyFileError(file: string, problem: string): ConfigError {
  return new ConfigError(
    `The key file ${file} ${problem}. Restore it from a copy of the data directory, or set ROSTRUM_KEY to the key. If the key is lost, move the file away, start Rostrum again and see "The key" in docs/guides/operating.md.`,
  );
}

/** Portal and workers may create the key at once: `link` lets exactly one of them win, never half a file. */
function createKeyFile(dataDir: string, file: string): readonly Buffer[] {
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
  const keys = readKeyFile(file);
  if (!keys) throw new ConfigError(`${file} was deleted while Rostrum was creating it.`);
  return keys;
}
