import { auditActionLabels } from "@/lib/kernel/audit-actions";

const labels: Readonly<Record<string, string>> = auditActionLabels;

/** What was done, in words; of a refused or failed attempt the action's name, because it did not happen. */
export function actionWords(action: string, outcome: string): string {
  if (outcome === "denied") return "was refused";
  return labels[action] ?? action;
}

/** An actor's label, as it was written into the event, in its parts: "Dana Okafor <dana@example.com> (demo)". */
export function splitActor(label: string): { name: string; email: string | null } {
  const match = /^(.*?) <([^<>]+)>/.exec(label);
  return match ? { name: match[1] ?? label, email: match[2] ?? null } : { name: label, email: null };
}
