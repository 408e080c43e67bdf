export { deliverMessage, sweepOutbox, webhookContext } from "./deliver";
export { listDeliveries, retryDelivery } from "./deliveries";
export { bundleDigests } from "./digest";
export { countUnread, listNotifications, markAllRead, markRead } from "./inbox";
export { notify } from "./notify";
export { getPreferences, updatePreferences } from "./preferences";
export { findRecipients, type NotificationEvent } from "./recipients";
export { budgetThresholds } from "./rules";
export { createWebhook, deleteWebhook, listWebhooks, testWebhook, updateWebhook } from "./webhooks";
