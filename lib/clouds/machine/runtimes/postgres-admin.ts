import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { listensOn } from "@/lib/platform/exec/listeners";
import { DriverError } from "../../contract";
import type { ProcessSpec } from "../spec";
import { type LaunchInput, textOption } from "./runtime";

/** Superuser of the cluster; its password is known to Rostrum alone. */
export const superuser = "postgres";
/** Where its password is kept, among the secrets, while a restored cluster may have it or another one. */
export const formerSuperuser = "postgres before the restore";

/**
 * A connection as the superuser. Rostrum speaks to no one but the server it started: the listener of the port must be that
 * very process, and must prove by SCRAM that it knows the password; it never gets the password itself.
 */
export async function openSuperuser(input: LaunchInput, port: number, database: string): Promise<Client> {
  const main = input.component.record.processes.find((entry) => entry.name === "r0")?.pid ?? 0;
  if (main === 0 || !listensOn(main, port)) {
    throw new DriverError(
      "retryable",
      `PostgreSQL of ${input.component.ref.component} is not listening on port ${port}`,
    );
  }
  const client = new Client({
    host: input.component.probeHost,
    port,
    user: superuser,
    password: input.secrets[superuser] ?? "",
    database,
    connectionTimeoutMillis: 5_000,
    application_name: "rostrum",
  });
  refuseWeakSignIn(client);
  // A server that ends takes its connections along; the query under way tells its caller.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** Ways in which the protocol would hand out the password, or something as good: pg's own methods for them. */
const weakMethods = ["_handleAuthCleartextPassword", "_handleAuthMD5Password"];

/** @throws Error by the connection when the server asks for the password in another way than SCRAM */
function refuseWeakSignIn(client: Client): void {
  const refuse = () => {
    (
      client as unknown as { connection: { stream: { destroy(error: Error): void } } }
    ).connection.stream.destroy(new Error("The server asked for a password in clear"));
  };
  for (const method of weakMethods) {
    if (!(method in client)) throw new Error(`pg has no ${method} any more`);
    Object.defineProperty(client, method, { value: refuse });
  }
}

/** Runs work on a connection as the superuser and closes it. */
export async function withSuperuser<T>(
  input: LaunchInput,
  port: number,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await openSuperuser(input, port, database);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The user, and the database it owns, that a manifest asks for. */
export function wantedNames(spec: ProcessSpec): { user: string; database: string } {
  const user = textOption(spec, "user", "POSTGRES_USER") ?? "app";
  return { user, database: textOption(spec, "database", "POSTGRES_DB") ?? user };
}

/** Statements that make the user and its database in a cluster that has neither; the user cannot sign in yet. */
export function creation(spec: ProcessSpec): string[] {
  const { user, database } = wantedNames(spec);
  return [createRole(user), createDatabase(database, user)];
}

function createRole(user: string): string {
  return `create role ${escapeIdentifier(user)} createdb createrole`;
}

/** Copying files costs less than writing each page to the log; no one changes the template meanwhile. */
function createDatabase(database: string, owner: string): string {
  return `create database ${escapeIdentifier(database)} owner ${escapeIdentifier(owner)} strategy file_copy`;
}

/** User, password and database as the manifest wants them now; also after a restore and a rotated password. */
export async function bringToWanted(input: LaunchInput, port: number): Promise<void> {
  const { user, database } = wantedNames(input.spec);
  const password = textOption(input.spec, "password", "POSTGRES_PASSWORD") ?? "";
  await withSuperuser(input, port, "postgres", async (client) => {
    const known = await client.query("select 1 from pg_roles where rolname = $1", [user]);
    if (known.rowCount === 0) await client.query(createRole(user));
    // Scrambled before it is sent would be better still; the statement is at least kept out of the log.
    await client.query("set log_min_error_statement = panic");
    await client.query("set log_statement = none");
    await client.query(
      `alter role ${escapeIdentifier(user)} login nosuperuser noreplication nobypassrls password ${escapeLiteral(password)}`,
    );
    const existing = await client.query("select 1 from pg_database where datname = $1", [database]);
    if (existing.rowCount === 0) await client.query(createDatabase(database, user));
  });
}
