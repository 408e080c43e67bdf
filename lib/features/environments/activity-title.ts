import { type BackupKind, backupTitle } from "@/lib/features/backups/schema";
import {
  kindNoun,
  pastWords,
  type RequestKind,
  type RequestStatus,
  requestStatusLabels,
} from "@/lib/features/requests/schema";

/** What happened to an environment, as the database tells it. */
export type Happened =
  | { kind: "request"; what: RequestKind; status: RequestStatus }
  | { kind: "backup"; what: BackupKind; status: "running" | "succeeded" | "failed" | "deleted" }
  | { kind: "incident"; what: string; status: "open" | "closed" };

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
