import { isIP } from "node:net";
import { isAbsolute, resolve } from "node:path";
import { z } from "zod";
import { type AuditSinks, auditSettings, auditSinksOf } from "./audit-sinks";
import { type HealthLimits, healthLimitsOf, healthSettings } from "./health-settings";
import { type MailConfig, mailOf, mailSettings } from "./mail";
import { type UploadRoom, uploadRoomOf, uploadSettings } from "./upload-room";
import { optionalText, wholeNumber } from "./values";

/** The families of background work; each can run in a process of its own. */
export const workerFamilies = ["provisioning", "monitoring", "backup", "chargeback", "housekeeping"] as const;
export type WorkerFamily = (typeof workerFamilies)[number];

const switchValue = z.enum(["1", "0", "true", "false", "yes", "no", "on", "off"]);
const isOn = (text: string) => ["1", "true", "yes", "on"].includes(text);

function url(protocols: string[], say: string) {
  return optionalText.refine((text) => {
    if (text === undefined) return true;
    return URL.canParse(text) && protocols.includes(new URL(text).protocol);
  }, say);
}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const environmentSchema = z.object({
  NODE_ENV: optionalText.transform((text) => text ?? "development"),
  DATABASE_URL: url(["postgres:", "postgresql:"], "must be a postgresql:// URL"),
  DATABASE_OWNER_URL: url(["postgres:", "postgresql:"], "must be a postgresql:// URL"),
  REDIS_URL: url(["redis:", "rediss:"], "must be a redis:// or rediss:// URL"),
  HOST: optionalText.transform((text) => text ?? "127.0.0.1"),
  PORT: wholeNumber(1, 65_535, 3000),
  PUBLIC_URL: url(["http:", "https:"], "must be an http:// or https:// URL"),
  ALLOW_PLAIN_HTTP: optionalText.pipe(switchValue.optional()).transform((text) => isOn(text ?? "off")),
  TRUSTED_PROXIES: optionalText.transform((text, context) => parseProxies(text ?? "none", context)),
  OUTGOING_ALLOW: optionalText.transform((text, context) => parseNetworks(text ?? "none", context)),
  OUTGOING_DENY: optionalText.transform((text, context) => parseNetworks(text ?? "none", context)),
  DATA_DIR: optionalText.transform((text) => text ?? "./data"),
  RUNTIME_DIR: optionalText.refine(
    (text) => text === undefined || isAbsolute(text),
    "must be an absolute path",
  ),
  ROSTRUM_EMBEDDED: optionalText.transform((text) => text === "1"),
  ROSTRUM_KEY: optionalText.refine(
    (text) => text === undefined || text.split(",").every((key) => isKey(key.trim())),
    "must be 32 bytes in base64 (generate one with: openssl rand -base64 32), or a comma-separated list of such keys",
  ),
  NEXTAUTH_SECRET: optionalText.refine(
    (text) => text === undefined || text.length >= 32,
    "must have at least 32 characters",
  ),
  ADMIN_EMAIL: optionalText.refine(
    (text) => text === undefined || /^[^\s@]+@[^\s@]+$/.test(text),
    "must be an email address",
  ),
  ADMIN_PASSWORD: optionalText.refine(
    (text) => text === undefined || text.length >= 10,
    "must have at least 10 characters",
  ),
  DEMO: optionalText
    .refine((text) => text === undefined || text === "auto" || switchValue.safeParse(text).success, {
      message: "must be auto, on or off",
    })
    .transform((text) => (text === undefined || text === "auto" ? "auto" : isOn(text) ? "on" : "off")),
  MACHINE_CLOUD: optionalText
    .refine(
      (text) => text === undefined || text === "unsafe" || switchValue.safeParse(text).success,
      "must be on, off or unsafe",
    )
    .transform((text): Config["machineCloud"] =>
      text === "unsafe" ? "unsafe" : isOn(text ?? "on") ? "on" : "off",
    ),
  OIDC_ISSUER: url(["http:", "https:"], "must be the http:// or https:// URL of the identity provider"),
  OIDC_CLIENT_ID: optionalText,
  OIDC_CLIENT_SECRET: optionalText,
  OIDC_TRUST_EMAIL: optionalText.pipe(switchValue.optional()).transform((text) => isOn(text ?? "off")),
  OIDC_NAME: optionalText.transform((text) => text ?? "Single sign-on"),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(["http:", "https:"], "must be an http:// or https:// URL"),
  ...auditSettings,
  ...healthSettings,
  ...mailSettings,
  ...uploadSettings,
  LOG_LEVEL: optionalText
    .transform((text) => text ?? "info")
    .pipe(z.enum(logLevels, `must be one of ${logLevels.join(", ")}`)),
  LOG_PRETTY: optionalText.transform((text) => text !== undefined && isOn(text)),
  DB_POOL_SIZE: wholeNumber(1, 200, 10),
  WORKER_CONCURRENCY: wholeNumber(1, 1_000, 512),
  ROSTRUM_WORKERS: optionalText.transform((text, context) => parseFamilies(text, context)),
});

function parseProxies(text: string, context: z.RefinementCtx): readonly string[] {
  if (text.toLowerCase() === "none") return [];
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  const wrong = names.find((name) => !["loopback", "private"].includes(name) && !isNetwork(name));
  if (wrong !== undefined) {
    const message = `contains "${wrong}". Use none, loopback, private, IP addresses or networks such as 10.0.0.0/8`;
    context.addIssue({ code: "custom", message });
  }
  return names;
}

/** An IP address, or a network such as 10.0.0.0/8. */
function isNetwork(name: string): boolean {
  const [address = "", bits, ...rest] = name.split("/");
  const most = { 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const network = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  return most >= 0 && network && rest.length === 0;
}

function parseNetworks(text: string, context: z.RefinementCtx): readonly string[] {
  if (text.toLowerCase() === "none") return [];
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  const wrong = names.find((name) => !isNetwork(name));
  if (wrong !== undefined) {
    const message = `contains "${wrong}". Use none, IP addresses or networks such as 100.64.0.0/10`;
    context.addIssue({ code: "custom", message });
  }
  return names;
}

function isKey(text: string): boolean {
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && Buffer.from(text, "base64").length === 32;
}

function parseFamilies(text: string | undefined, context: z.RefinementCtx): readonly WorkerFamily[] {
  if (text === undefined || text === "all") return workerFamilies;
  const known: readonly string[] = workerFamilies;
  const names = text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) {
    context.addIssue({
      code: "custom",
      message: `contains "${wrong}". Choose from ${known.join(", ")}`,
    });
  }
  return workerFamilies.filter((family) => names.includes(family));
}

export interface OidcConfig {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What the button on the sign-in page says. */
  name: string;
  trustEmail: boolean;
}

/** Everything the outside decides about this process. Frozen; paths are absolute. */
export interface Config {
  readonly production: boolean;
  /** The database given from outside, or handed down by the launcher; absent when run bare beside an embedded one. */
  readonly databaseUrl: string | undefined;
  /** The role that owns the tables of `databaseUrl`, for migrations only; absent where one role does everything. */
  readonly databaseOwnerUrl: string | undefined;
  /** Whether the database is the one Rostrum itself runs under `dataDir`. */
  readonly embedded: boolean;
  readonly redisUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  /** The address people use, without a trailing slash. */
  readonly publicUrl: string;
  /** Whether `publicUrl` was set from outside: then a proxy is likely. */
  readonly publicUrlGiven: boolean;
  /** Whether other machines are answered although what they send crosses the network unencrypted. */
  readonly allowPlainHttp: boolean;
  /** Whose X-Forwarded-For is believed: loopback, private, addresses, networks; empty: no one's. */
  readonly trustedProxies: readonly string[];
  /** Networks that Rostrum connects to for templates although its rules refuse them, or never, although they don't. */
  readonly outgoing: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly dataDir: string;
  readonly runtimeDir: string | undefined;
  /** The key that seals, and before it used ones, which only open. */
  readonly secretKeysBase64: readonly string[] | undefined;
  readonly nextauthSecret: string | undefined;
  readonly adminEmail: string | undefined;
  readonly adminPassword: string | undefined;
  /** `auto`: demo data on the first start with the embedded database. */
  readonly demo: "auto" | "on" | "off";
  /**
   * Whether the machine Rostrum runs on registers itself as a cloud; `unsafe`: also where components cannot be kept from
   * reading what Rostrum can, on a portal that others reach or that holds more than demo data.
   */
  readonly machineCloud: "on" | "off" | "unsafe";
  readonly oidc: Readonly<OidcConfig> | undefined;
  /** Where audit heads are sent beside the file under `dataDir`. */
  readonly auditSinks: AuditSinks;
  /** Where spans of jobs are sent by OTLP over HTTP; undefined: none are made. */
  readonly otlpEndpoint: string | undefined;
  readonly health: HealthLimits;
  /** How e-mail is sent; undefined: not at all. */
  readonly mail: MailConfig | undefined;
  /** What may be stored of uploads, by each project and by each user in all projects. */
  readonly uploadRoom: { readonly project: UploadRoom; readonly user: UploadRoom };
  readonly logLevel: (typeof logLevels)[number];
  readonly logPretty: boolean;
  /** Connections of this process's pool. */
  readonly dbPoolSize: number;
  /** Runs walked at once by one provisioning worker. */
  readonly workerConcurrency: number;
  readonly workerFamilies: readonly WorkerFamily[];
}

/** A setting that cannot be used; the message is one line that names the variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads the settings out of `env` without touching anything else.
 * @throws ConfigError naming every wrong variable in one line
 */
export function loadConfig(env: Record<string, string | undefined>, cwd = process.cwd()): Config {
  const parsed = environmentSchema.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new ConfigError(`Invalid settings: ${problems.join("; ")}.`);
  }
  const values = parsed.data;
  const host = values.HOST.includes(":") ? `[${values.HOST}]` : values.HOST;
  const shownHost = ["0.0.0.0", "[::]", "127.0.0.1"].includes(host) ? "localhost" : host;
  return Object.freeze({
    production: values.NODE_ENV === "production",
    databaseUrl: values.DATABASE_URL,
    databaseOwnerUrl: ownerUrlOf(values),
    embedded: values.DATABASE_URL === undefined || values.ROSTRUM_EMBEDDED,
    redisUrl: values.REDIS_URL,
    host: values.HOST,
    port: values.PORT,
    publicUrl: (values.PUBLIC_URL ?? `http://${shownHost}:${values.PORT}`).replace(/\/+$/, ""),
    publicUrlGiven: values.PUBLIC_URL !== undefined,
    allowPlainHttp: values.ALLOW_PLAIN_HTTP,
    trustedProxies: values.TRUSTED_PROXIES,
    outgoing: Object.freeze({ allow: values.OUTGOING_ALLOW, deny: values.OUTGOING_DENY }),
    dataDir: resolve(cwd, values.DATA_DIR),
    runtimeDir: values.RUNTIME_DIR,
    secretKeysBase64: values.ROSTRUM_KEY?.split(",").map((key) => key.trim()),
    nextauthSecret: values.NEXTAUTH_SECRET,
    adminEmail: values.ADMIN_EMAIL?.toLowerCase(),
    adminPassword: values.ADMIN_PASSWORD,
    demo: values.DEMO as Config["demo"],
    machineCloud: values.MACHINE_CLOUD,
    oidc: oidcOf(values),
    auditSinks: usable(auditSinksOf(values)),
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    mail: usable(mailOf(values)),
    logLevel: values.LOG_LEVEL,
    logPretty: values.LOG_PRETTY,
    dbPoolSize: values.DB_POOL_SIZE,
    health: healthLimitsOf(values),
    uploadRoom: uploadRoomOf(values),
    workerConcurrency: values.WORKER_CONCURRENCY,
    workerFamilies: values.ROSTRUM_WORKERS,
  });
}

function ownerUrlOf(values: z.output<typeof environmentSchema>): string | undefined {
  const { DATABASE_URL: app, DATABASE_OWNER_URL: owner } = values;
  if (owner === undefined) return undefined;
  if (app === undefined) {
    throw new ConfigError("Invalid settings: DATABASE_OWNER_URL requires DATABASE_URL with another role.");
  }
  if (new URL(app).username === new URL(owner).username) {
    throw new ConfigError("Invalid settings: DATABASE_OWNER_URL and DATABASE_URL must use different roles.");
  }
  return owner;
}

/** @throws ConfigError for settings that do not go together, which are answered as a sentence */
function usable<T extends object | undefined>(result: T | string): T {
  if (typeof result === "string") throw new ConfigError(`Invalid settings: ${result}`);
  return result;
}

function oidcOf(values: z.output<typeof environmentSchema>): Readonly<OidcConfig> | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    throw new ConfigError(
      "Invalid settings: set all of OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or none.",
    );
  }
  const { OIDC_NAME: name, OIDC_TRUST_EMAIL: trustEmail } = values;
  return Object.freeze({ issuer, clientId, clientSecret, name, trustEmail });
}

let current: Config | undefined;

/** The settings of this process, read from its environment at the first call. */
export function getConfig(): Config {
  current ??= loadConfig(process.env);
  return current;
}

/** For tests that change `process.env`: the next `getConfig()` reads it again. */
export function resetConfig(): void {
  current = undefined;
}
