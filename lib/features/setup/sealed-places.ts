import type { DB } from "@/gen/kysely/types";
import { credentialsContext } from "@/lib/features/clouds";
import { gitCredentialContext } from "@/lib/features/credentials";
import { secretContext } from "@/lib/features/environments";
import { webhookContext } from "@/lib/features/notifications";
import { replyContext } from "@/lib/platform/http";

type Column<Table extends keyof DB> = keyof DB[Table] & string;

/** A column of one table that holds sealed texts; its names are checked against the schema. */
interface PlaceIn<Table extends keyof DB> {
  /** In words, for people. */
  what: string;
  table: Table;
  /** The primary key; all of it is text. */
  keys: readonly Column<Table>[];
  /** What else `context` asks for. */
  also?: readonly Column<Table>[];
  /** The sealed text, as SQL. */
  sealed: Column<Table> | `${Column<Table>}->>'sealed'`;
  /** What the column becomes, as SQL, of the new text `u.sealed`. */
  set: `${Column<Table>} = ${"u.sealed" | "jsonb_build_object('sealed', u.sealed)"}`;
  /** What the text of a row is sealed for. */
  context: (row: Record<string, string>) => string;
}

/** A column that holds sealed texts. */
export type SealedPlace = { [Table in keyof DB]: PlaceIn<Table> }[keyof DB];

const ofEnvironment = (row: Record<string, string>) => secretContext(row.environment_id ?? "");

/** Everything the database holds encrypted. A new sealed column belongs here, else it is lost with the key. */
export const sealedPlaces: readonly SealedPlace[] = [
  {
    what: "secrets of environments",
    table: "environment_secret",
    keys: ["environment_id", "component", "name"],
    sealed: "sealed",
    set: "sealed = u.sealed",
    context: ofEnvironment,
  },
  {
    what: "former secrets of environments",
    table: "former_secret",
    keys: ["id"],
    also: ["environment_id"],
    sealed: "sealed",
    set: "sealed = u.sealed",
    context: ofEnvironment,
  },
  {
    what: "outputs of environments",
    table: "environment",
    keys: ["id"],
    sealed: "sealed_outputs",
    set: "sealed_outputs = u.sealed",
    context: (row) => secretContext(row.id ?? ""),
  },
  {
    what: "applied component configurations",
    table: "resource",
    keys: ["id"],
    also: ["environment_id"],
    sealed: "desired",
    set: "desired = u.sealed",
    context: ofEnvironment,
  },
  {
    what: "outputs of components",
    table: "resource",
    keys: ["id"],
    also: ["environment_id"],
    sealed: "sealed_outputs",
    set: "sealed_outputs = u.sealed",
    context: ofEnvironment,
  },
  {
    what: "secret parameters of plans",
    table: "plan",
    keys: ["id"],
    also: ["environment_id"],
    sealed: "sealed",
    set: "sealed = u.sealed",
    context: ofEnvironment,
  },
  {
    what: "credentials of clouds",
    table: "cloud",
    keys: ["id"],
    sealed: "credentials",
    set: "credentials = u.sealed",
    context: (row) => credentialsContext(row.id ?? ""),
  },
  {
    what: "Git credentials of projects",
    table: "git_credential",
    keys: ["id"],
    also: ["project_id"],
    sealed: "sealed",
    set: "sealed = u.sealed",
    context: (row) => gitCredentialContext(row.project_id ?? "", row.id ?? ""),
  },
  {
    what: "signing secrets of webhooks",
    table: "webhook",
    keys: ["id"],
    sealed: "sealed",
    set: "sealed = u.sealed",
    context: (row) => webhookContext(row.id ?? ""),
  },
  {
    what: "responses to repeated requests",
    table: "idempotency_record",
    keys: ["user_id", "key"],
    sealed: "body->>'sealed'",
    set: "body = jsonb_build_object('sealed', u.sealed)",
    context: (row) => replyContext(row.user_id ?? "", row.key ?? ""),
  },
];
