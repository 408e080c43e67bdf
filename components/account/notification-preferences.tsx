"use client";

import { useRouter } from "next/navigation";
import { apiPatch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { NativeSelect } from "@/components/ui/native-select";
import {
  type EmailMode,
  type EventGroup,
  emailModeLabels,
  emailModes,
  eventGroupLabels,
  type PreferencesDto,
} from "@/lib/features/notifications/schema";

/** How a person is told: the inbox always, e-mail as they like. */
export function NotificationPreferences({ preferences }: { preferences: PreferencesDto }) {
  const { emailConfigured, email, items } = preferences;
  const router = useRouter();
  const save = useAction(
    (group: EventGroup, mode: EmailMode) =>
      apiPatch("/me/notification-preferences", { body: { items: [{ group, email: mode }] } }),
    { success: "Preferences saved", onSuccess: () => router.refresh() },
  );
  return (
    <div className="grid gap-3">
      <p className="text-muted">{explain(emailConfigured, email)}</p>
      <ul className="divide-y">
        {items.map(({ group, email: mode }) => (
          <li key={group} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5 first:pt-0 last:pb-0">
            <div className="min-w-0 flex-1 basis-56">
              <p className="font-medium" id={`notify-${group}`}>
                {eventGroupLabels[group].title}
              </p>
              <p className="text-xs text-muted">{eventGroupLabels[group].about}</p>
            </div>
            <div className="w-44">
              <NativeSelect
                aria-labelledby={`notify-${group}`}
                value={mode}
                disabled={save.pending}
                onChange={(event) => {
                  const chosen = emailModes.find((one) => one === event.target.value);
                  if (chosen) void save.run(group, chosen);
                }}
              >
                {emailModes.map((one) => (
                  <option key={one} value={one}>
                    {emailModeLabels[one]}
                  </option>
                ))}
              </NativeSelect>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

function explain(configured: boolean, email: string): string {
  if (!configured)
    return "Email isn’t configured. Ask an administrator to set it up. All events appear in Notifications.";
  if (!email) return "You don’t have a verified email address. All events appear in Notifications.";
  const choice = `Choose which are also sent to ${email}. The daily digest is sent at 07:00 UTC.`;
  return `All events appear in Notifications. ${choice}`;
}
