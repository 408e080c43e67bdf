import type { Tone } from "@/components/ui/tone";
import type { AuditEventDto } from "@/lib/features/audit/schema";

export const auditOutcomeLooks: Record<AuditEventDto["outcome"], { tone: Tone; word: string }> = {
  allowed: { tone: "good", word: "Success" },
  denied: { tone: "warning", word: "Denied" },
  failed: { tone: "bad", word: "Failed" },
};

/** The source of an event; the browser is the usual one and has no label. */
export const auditVia: Record<AuditEventDto["via"], string> = {
  session: "",
  token: "API token",
  cli: "CLI",
  system: "System",
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
  ["user.", "Users"],
  ["session.", "Sign-in"],
  ["token.", "API tokens"],
  ["price.", "Prices"],
  ["statement.", "Statements"],
] as const;

/** How far back; the address holds the hours. */
export const auditPeriods = [
  ["1", "Last hour"],
  ["24", "Last day"],
  ["168", "Last 7 days"],
  ["720", "Last 30 days"],
] as const;
