import type { PersonActor } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { defaultEmailModes } from "./rules";
import {
  type EmailMode,
  emailModes,
  eventGroups,
  type PreferencesDto,
  type PreferencesUpdate,
} from "./schema";
import { listPreferences, writePreferences } from "./store-inbox";

/** How a person is told of each group of events. */
export async function getPreferences(actor: PersonActor): Promise<PreferencesDto> {
  const rows = await listPreferences(actor.userId);
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
  const chosen = new Map(items.toReversed().map((item) => [item.group, item]));
  await writePreferences(actor.userId, [...chosen.values()]);
  return await getPreferences(actor);
}

const modeOf = (text: string | undefined): EmailMode | undefined => emailModes.find((mode) => mode === text);
