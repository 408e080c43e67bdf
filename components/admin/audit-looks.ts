import type { Tone } from "@/components/ui/tone";

export const auditOutcomeLooks: Record<string, { tone: Tone; word: string }> = {
  allowed: { tone: "good", word: "Done" },
  denied: { tone: "warning", word: "Refused" },
  failed: { tone: "bad", word: "Failed" },
};

/** How somebody came in; the browser is the usual way and needs no word. */
export const auditVia: Record<string, string> = {
  session: "",
  token: "by token",
  cli: "on the host",
  system: "by itself",
};

/** What the audit page filters by: the beginning of an action's name. */
export const auditSubjects = [
  ["request.", "Requests"],
  ["run.", "Runs"],
  ["environment.", "Environments"],
  ["backup.", "Backups"],
  ["secret.", "Secrets"],
  ["template.", "Templates"],
  ["cloud.", "Clouds"],
  ["project.", "Projects"],
  ["project.member.", "Members"],
  ["user.", "People"],
  ["session.", "Sign-in"],
  ["token.", "Tokens"],
  ["price.", "Prices"],
  ["statement.", "Statements"],
] as const;

/** How far back; the address holds the hours. */
export const auditPeriods = [
  ["1", "last hour"],
  ["24", "last day"],
  ["168", "last 7 days"],
  ["720", "last 30 days"],
] as const;
