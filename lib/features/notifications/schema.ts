import { z } from "zod";
import { lineText } from "@/lib/kernel/text";

/** What people are told of. To whom it is told says `notificationRules`. */
export const eventKinds = [
  "request.approval-requested",
  "request.approved",
  "request.rejected",
  "request.canceled",
  "request.expired",
  "environment.ready",
  "environment.transferred",
  "environment.destroyed",
  "run.succeeded",
  "run.canceled",
  "run.failed",
  "run.needs-attention",
  "incident.opened",
  "incident.resolved",
  "incident.needs-you",
  "backup.failed",
  "restore.finished",
  "restore.failed",
  "lease.ends-soon",
  "lease.stopped",
  "lease.destruction-scheduled",
  "budget.threshold",
  "version.review-requested",
  "version.published",
  "version.changes-requested",
  "audit.integrity",
  "audit.delivery",
  "delivery.failed",
] as const;
export type EventKind = (typeof eventKinds)[number];

/** What a message is about: an event, the events of a day, or nothing but whether it arrives. */
export const messageKinds = [...eventKinds, "digest", "test"] as const;
export type MessageKind = (typeof messageKinds)[number];

export const notificationDto = z.object({
  id: z.string(),
  kind: z.enum(eventKinds).nullable().describe("null: an event that this version doesn’t know"),
  title: z.string(),
  body: z.string(),
  href: z.string(),
  readAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type NotificationDto = z.output<typeof notificationDto>;

/** What people choose between: events that go together. */
export const eventGroups = [
  "approvals",
  "requests",
  "incidents",
  "backups",
  "leases",
  "budgets",
  "templates",
  "security",
] as const;
export type EventGroup = (typeof eventGroups)[number];

export const eventGroupLabels: Record<EventGroup, { title: string; about: string }> = {
  approvals: { title: "Approvals", about: "Requests pending your approval" },
  requests: {
    title: "Requests and runs",
    about: "Approved and rejected requests, finished and failed runs",
  },
  incidents: {
    title: "Incidents",
    about: "Unhealthy components in your environments, and recovery",
  },
  backups: { title: "Backups", about: "Failed backups and finished restores" },
  leases: { title: "Leases", about: "Leases about to end, stopped environments and scheduled destruction" },
  budgets: { title: "Budgets", about: "Your projects at 80% and 100% of their monthly budget" },
  templates: { title: "Templates", about: "Template versions to review, and reviews of your versions" },
  security: { title: "Security and operations", about: "Audit log and delivery problems" },
};

/** How e-mail of a group comes: at once, once a day, or not. */
export const emailModes = ["immediate", "digest", "off"] as const;
export type EmailMode = (typeof emailModes)[number];
export const emailModeLabels: Record<EmailMode, string> = {
  immediate: "Immediately",
  digest: "Daily digest",
  off: "Off",
};

const preference = z.object({ group: z.enum(eventGroups), email: z.enum(emailModes) });

export const preferencesDto = z.object({
  emailConfigured: z.boolean().describe("false: this portal doesn’t send email"),
  email: z.string().describe("Where email is sent; empty without a verified address"),
  items: z.array(preference).describe("One per group. The inbox always lists all notifications"),
});
export type PreferencesDto = z.output<typeof preferencesDto>;

/** Groups that are left out stay as they are. */
export const preferencesUpdate = z.strictObject({
  items: z.array(preference).min(1).max(eventGroups.length),
});
export type PreferencesUpdate = z.output<typeof preferencesUpdate>;

export const webhookFormats = ["standard", "slack", "teams"] as const;
export type WebhookFormat = (typeof webhookFormats)[number];
export const webhookFormatLabels: Record<WebhookFormat, string> = {
  standard: "Standard Webhooks (signed JSON)",
  slack: "Slack",
  teams: "Microsoft Teams",
};

const url = lineText(2_000, "Enter a URL").describe("https:// URL that receives a POST request");
const groups = z.array(z.enum(eventGroups)).min(1, "Choose at least one event group");

export const webhookCreate = z.strictObject({
  name: lineText(80, "Enter a name"),
  url,
  format: z.enum(webhookFormats).default("standard"),
  groups,
});
export type WebhookCreate = z.output<typeof webhookCreate>;

export const webhookUpdate = z
  .strictObject({
    name: lineText(80, "Enter a name").optional(),
    url: url.optional(),
    format: z.enum(webhookFormats).optional(),
    groups: groups.optional(),
    enabled: z.boolean().optional(),
  })
  .refine((value) => Object.keys(value).length > 0, "Change at least one field");
export type WebhookUpdate = z.output<typeof webhookUpdate>;

export const webhookDto = z.object({
  id: z.string(),
  name: z.string(),
  address: z.string().describe("Scheme and host. The path can contain a secret and is not returned"),
  format: z.enum(webhookFormats),
  groups: z.array(z.enum(eventGroups)),
  enabled: z.boolean(),
  lastDeliveredAt: z.iso.datetime().nullable(),
  failed: z.number().describe("Deliveries that failed after all retries"),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type WebhookDto = z.output<typeof webhookDto>;

export const webhookCreated = webhookDto.extend({
  secret: z.string().describe("Signing secret (whsec_…). Returned once"),
});
export type WebhookCreated = z.output<typeof webhookCreated>;

export const deliveryStatuses = ["pending", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];
export const deliveryStatusLabels: Record<DeliveryStatus, string> = {
  pending: "Pending",
  delivered: "Delivered",
  failed: "Failed",
};

export const deliveryDto = z.object({
  id: z.string(),
  channel: z.enum(["email", "webhook"]),
  kind: z.enum(messageKinds).nullable().describe("null: an event that this version doesn’t know"),
  /** Name of the webhook or of the person; addresses stay where they are. */
  to: z.string(),
  title: z.string(),
  status: z.enum(deliveryStatuses),
  attempts: z.number(),
  lastError: z.string(),
  createdAt: z.iso.datetime(),
  nextAttemptAt: z.iso.datetime().nullable(),
  deliveredAt: z.iso.datetime().nullable(),
});
export type DeliveryDto = z.output<typeof deliveryDto>;
