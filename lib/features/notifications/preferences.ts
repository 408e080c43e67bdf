import type { PersonActor } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { query } from "@/lib/platform/db";
import { defaultEmailModes } from "./rules";
import {
  type EmailMode,
  emailModes,
  eventGroups,
  type PreferencesDto,
  type PreferencesUpdate,
} from "./schema";

/** How a person is told of each group of events. */
export async function getPreferences(actor: PersonActor): Promise<PreferencesDto> {
  const rows = await query<{ group: string; email: string }>(
    `SELECT "group", email FROM notification_preference WHERE user_id = $1`,
    [actor.userId],
  );
  const chosen = new Map(rows.map((row) => [row.group, row.email]));
  const verified = !actor.email.endsWith("@unverified.invalid") && !actor.isDemo;
  return {
    emailConfigured: getConfig().mail !== undefined,
    email: verified ? actor.email : "",
    items: eventGroups.map((group) => ({
      group,
      email: modeOf(chosen.get(group)) ?? defaultEmailModes[group],
    })),
  };
}

/** Changes how a person is told of the groups that are named. */
export async function updatePreferences(
  actor: PersonActor,
  { items }: PreferencesUpdate,
): Promise<PreferencesDto> {
  await query(
    `INSERT INTO notification_preference (user_id, "group", email)
     SELECT $1, i."group", i.email FROM (
       SELECT DISTINCT ON ("group") * FROM jsonb_to_recordset($2::jsonb) AS r("group" text, email text)) i
     ON CONFLICT (user_id, "group") DO UPDATE SET email = excluded.email`,
    [actor.userId, JSON.stringify(items)],
  );
  return await getPreferences(actor);
}

const modeOf = (text: string | undefined): EmailMode | undefined => emailModes.find((mode) => mode === text);
