import { z } from "zod";
import { backupStatuses, backupTitle, readKind } from "@/lib/features/backups/schema";
import {
  kindNoun,
  pastWords,
  type RequestStatus,
  requestKinds,
  requestStatuses,
  requestStatusLabels,
} from "@/lib/features/requests/schema";

/** What happened to an environment, as the database tells it. */
export const happenedSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("request"),
    what: z.enum(requestKinds),
    status: z.enum(requestStatuses),
  }),
  z.object({
    kind: z.literal("backup"),
    what: z.string().transform(readKind),
    status: z.enum(backupStatuses),
  }),
  z.object({ kind: z.literal("incident"), what: z.string(), status: z.enum(["open", "closed"]) }),
]);
export type Happened = z.output<typeof happenedSchema>;

/** What happened, in a few words: "Restarted", "Update failed", "Incident in db". */
export function activityTitle(row: Happened): string {
  if (row.kind === "incident") return `Incident in ${row.what}`;
  if (row.kind === "backup") {
    const title = backupTitle(row.what);
    return row.status === "failed" || row.status === "running" ? `${title} ${stateWords(row.status)}` : title;
  }
  return row.status === "succeeded" ? pastWords(row.what) : `${kindNoun(row.what)} ${stateWords(row.status)}`;
}

/** After the noun of a change. */
function stateWords(status: RequestStatus): string {
  return status === "running" ? "in progress" : requestStatusLabels[status].toLowerCase();
}
