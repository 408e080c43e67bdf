import type { EmailMode, EventGroup, EventKind } from "./schema";

/**
 * Who may be told. Each is a way through `RecipientLink`s: the first link that finds an enabled person who may see what
 * it is about answers. No way ends before the administrators, so what no one else hears they hear.
 */
export const audiences = {
  approvers: ["deciders", "other-administrators", "administrators"],
  requester: ["subject", "project-owners", "administrators"],
  owner: ["subject", "project-owners", "administrators"],
  "project-owners": ["project-owners", "administrators"],
  author: ["subject", "administrators"],
  reviewers: ["other-administrators", "administrators"],
  auditors: ["auditors", "administrators"],
  administrators: ["administrators"],
} as const satisfies Record<string, readonly RecipientLink[]>;
export type Audience = keyof typeof audiences;

export type RecipientLink =
  /** The person whose matter it is: requester, owner, author. */
  | "subject"
  /** Owners and approvers of the project, without the subject: no one decides about their own request. */
  | "deciders"
  | "project-owners"
  /** Administrators without the subject. */
  | "other-administrators"
  | "administrators"
  | "auditors";

export interface NotificationRule {
  group: EventGroup;
  audience: Audience;
  /** Leaves out the user who did it, for whom it is no news. Results are told to all. */
  skipActor?: true;
}

/** The one table of what is told to whom: a line for every kind of event. */
export const notificationRules = {
  "request.approval-requested": { group: "approvals", audience: "approvers", skipActor: true },
  "request.approved": { group: "requests", audience: "requester", skipActor: true },
  "request.rejected": { group: "requests", audience: "requester", skipActor: true },
  "request.canceled": { group: "requests", audience: "requester", skipActor: true },
  "request.expired": { group: "requests", audience: "requester" },
  "environment.ready": { group: "requests", audience: "requester" },
  "environment.transferred": { group: "requests", audience: "owner", skipActor: true },
  "environment.destroyed": { group: "leases", audience: "owner", skipActor: true },
  "run.succeeded": { group: "requests", audience: "requester" },
  "run.canceled": { group: "requests", audience: "requester", skipActor: true },
  "run.failed": { group: "requests", audience: "requester" },
  "run.needs-attention": { group: "requests", audience: "requester" },
  "incident.opened": { group: "incidents", audience: "owner" },
  "incident.resolved": { group: "incidents", audience: "owner" },
  "incident.needs-you": { group: "incidents", audience: "owner" },
  "backup.failed": { group: "backups", audience: "owner" },
  "restore.finished": { group: "backups", audience: "requester" },
  "restore.failed": { group: "backups", audience: "requester" },
  "lease.ends-soon": { group: "leases", audience: "owner" },
  "lease.stopped": { group: "leases", audience: "owner" },
  "lease.destruction-scheduled": { group: "leases", audience: "owner" },
  "budget.threshold": { group: "budgets", audience: "project-owners" },
  "version.review-requested": { group: "templates", audience: "reviewers", skipActor: true },
  "version.published": { group: "templates", audience: "author", skipActor: true },
  "version.changes-requested": { group: "templates", audience: "author", skipActor: true },
  "audit.integrity": { group: "security", audience: "auditors" },
  "audit.delivery": { group: "security", audience: "auditors" },
  "delivery.failed": { group: "security", audience: "administrators" },
} as const satisfies Record<EventKind, NotificationRule>;

/** The rule of a kind. */
export const ruleOf = (kind: EventKind): NotificationRule => notificationRules[kind];

/** How a group's e-mail comes to people who did not choose. */
export const defaultEmailModes: Record<EventGroup, EmailMode> = {
  approvals: "immediate",
  requests: "immediate",
  incidents: "immediate",
  backups: "immediate",
  leases: "immediate",
  budgets: "immediate",
  templates: "immediate",
  security: "immediate",
};

const minuteMs = 60_000;
/** A message that could not be delivered for so long is given up; administrators see it and may try again. */
export const giveUpMs = 24 * 60 * minuteMs;
const longestPauseMs = 60 * minuteMs;

/** The pause after so many failed attempts: 15 s, doubled up to an hour, and up to a fifth more so that none march in step. */
export function retryDelayMs(attempts: number, random = Math.random()): number {
  const pauseMs = Math.min(longestPauseMs, 15_000 * 2 ** Math.max(0, attempts - 1));
  return Math.round(pauseMs * (1 + random / 5));
}

const digestHourUtc = 7;

/** When the next daily digest goes out: 07:00 UTC. */
export function nextDigestAt(now: Date): Date {
  const next = new Date(now);
  next.setUTCHours(digestHourUtc, 0, 0, 0);
  if (next <= now) next.setUTCDate(next.getUTCDate() + 1);
  return next;
}

/** The shares of a monthly budget, in percent, at which its project's owners are told, once a month each. */
export const budgetThresholds = [80, 100] as const;
