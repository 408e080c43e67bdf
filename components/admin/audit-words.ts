import type { AuditEventDto } from "@/lib/features/audit/schema";
import { auditActionLabels } from "@/lib/kernel/audit-actions";
import type { Permission } from "@/lib/kernel/permissions";

const labels: Readonly<Record<string, string>> = auditActionLabels;

/** What else than permissions denied attempts are named by. */
type OtherAttempt = "account.use" | "page.open" | "session.sign-in" | "upload.use" | "user.password";

/** What was attempted, in the infinitive. */
const attemptLabels: Record<Permission | OtherAttempt, string> = {
  "catalog.read": "view catalog",
  "project.read": "view project",
  "environment.read": "view environment",
  "request.read": "view request",
  "run.read": "view run",
  "backup.read": "view backup",
  "cost.read": "view costs",
  "price.read": "view prices",
  "cloud.read": "view clouds",
  "template.review": "review templates",
  "user.read": "view users",
  "queue.read": "view queues",
  "settings.read": "view settings",
  "audit.read": "view audit log",
  "report.read": "view reports",
  "git-credential.read": "view Git credentials",
  "environment.request": "request environment",
  "environment.transfer": "transfer environment",
  "request.plan": "plan request",
  "request.cancel": "cancel request",
  "run.operate": "operate run",
  "backup.create": "create backup",
  "backup.restore": "restore backup",
  "secret.reveal": "reveal secret",
  "upload.create": "upload archive",
  "member.manage": "manage members",
  "git-credential.manage": "manage Git credentials",
  "request.decide": "approve or reject request",
  "project.manage": "manage projects",
  "template.author": "edit templates",
  "template.publish": "publish templates",
  "cloud.manage": "manage clouds",
  "user.manage": "manage users",
  "queue.manage": "manage queues",
  "settings.manage": "manage settings",
  "price.manage": "manage prices",
  "statement.close": "close month",
  "cost-center.manage": "manage cost centers",
  "account.use": "use account",
  "page.open": "open page",
  "session.sign-in": "sign in",
  "upload.use": "use upload",
  "user.password": "change password",
};

const attempts: Readonly<Record<string, string>> = attemptLabels;

/** The label of an event: what the actor did, or what was denied. */
export function actionWords(action: string, outcome: AuditEventDto["outcome"]): string {
  if (outcome === "denied") return `Denied: ${attempts[action] ?? action}`;
  return labels[action] ?? action;
}

/** An actor's label, as it was written into the event, in its parts: "Dana Okafor <dana@example.com> (demo)". */
export function splitActor(label: string): { name: string; email: string | null } {
  const match = /^(.*?) <([^<>]+)>/.exec(label);
  return match ? { name: match[1] ?? label, email: match[2] ?? null } : { name: label, email: null };
}
