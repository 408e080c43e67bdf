import { sql } from "kysely";
import pg from "pg";
import { messageOf } from "@/lib/kernel/errors";
import { rowsOn, statements } from "./builder";

/** The oldest PostgreSQL that Rostrum is tried on. */
const oldestMajor = 15;

/** @throws Error with one line that says what to do, when the server is older than Rostrum needs */
export function assertServerVersion(versionNumber: number): void {
  const major = Math.floor(versionNumber / 10_000);
  if (major >= oldestMajor) return;
  throw new Error(
    `DATABASE_URL: Rostrum requires PostgreSQL ${oldestMajor} or later. This server is version ${major}. Upgrade it, or unset DATABASE_URL to use the embedded database.`,
  );
}

export interface CheckedServer {
  /** Why the user may not create tables; null when it may. */
  refusal: Error | null;
}

const facts = statements.selectNoFrom([
  sql<number>`current_setting('server_version_num')::int`.as("number"),
  sql<boolean>`pg_is_in_recovery()`.as("standby"),
  sql<string>`coalesce(current_schema(), 'public')`.as("schema"),
  sql<boolean>`coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)`.as("may"),
]);

/**
 * Asks the server behind `url` whether Rostrum can work with it: its age, and what the user may do.
 * @throws Error like `assertServerVersion`, or the driver's own
 */
export async function checkServer(url: string): Promise<CheckedServer> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A connection that breaks while it is opened fails `connect`; later there is nothing to lose.
  client.on("error", () => {});
  try {
    await client.connect();
    const [answer] = await rowsOn(client, facts);
    assertServerVersion(answer?.number ?? 0);
    if (answer?.standby) throw new Error("DATABASE_URL: this server is a standby. Use the primary.");
    if (answer?.may) return { refusal: null };
    const message = `permission denied for schema ${answer?.schema}`;
    return { refusal: Object.assign(new Error(message), { code: "42501" }) };
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * What a person must do about a database given from outside that cannot be used: one line, without the password.
 * Errors that say it themselves are answered as they are.
 */
export function explainDatabaseError(error: unknown, url: string, variable = "DATABASE_URL"): Error {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { hostname, port, username, pathname } = new URL(url);
  const server = `${hostname}:${port || 5432}`;
  const database = decodeURIComponent(pathname.slice(1)) || decodeURIComponent(username);
  const advice = adviceFor(first, { server, database, user: decodeURIComponent(username) });
  return advice ? new Error(`${variable}: ${advice}`, { cause: error }) : asError(error);
}

interface Place {
  server: string;
  database: string;
  user: string;
}

function adviceFor(error: unknown, { server, database, user }: Place): string | undefined {
  const code = String((error as { code?: unknown } | undefined)?.code ?? "");
  const message = messageOf(error);
  if (["28P01", "28000"].includes(code) || /SCRAM-SERVER-FIRST|password must be a string/.test(message)) {
    return `${server} rejected user "${user}" (${message}). Check user and password.`;
  }
  if (code === "3D000") {
    return `${server} has no database "${database}". Create it (createdb ${database}) or use another.`;
  }
  if (code === "42501") {
    return `user "${user}" may not create tables in "${database}" (${message}). Make it the owner: ALTER DATABASE "${database}" OWNER TO "${user}". Or set DATABASE_OWNER_URL to a user who may.`;
  }
  if (code === "53300") return `${server} has no free connections (${message}). Increase max_connections.`;
  if (code === "53100") return `the disk of ${server} is full (${message}). Free disk space.`;
  if (code === "57P03") return `${server} is starting or stopping (${message}). Try again shortly.`;
  const away = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|EPIPE|08|57P)/.test(code);
  if (away || /timeout|Connection terminated|does not support SSL|certificate/i.test(message)) {
    return `can't reach ${server} (${message || code}). Check the address and that PostgreSQL is running, or unset DATABASE_URL to use the embedded database.`;
  }
  return undefined;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error));
}
