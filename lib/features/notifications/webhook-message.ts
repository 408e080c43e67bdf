import { createHmac, randomBytes } from "node:crypto";
import type { MessageContent } from "./content";
import type { WebhookFormat } from "./schema";

export interface WebhookMessage {
  id: string;
  /** An event, or "test": as the message was written. */
  kind: string;
  createdAt: Date;
  content: MessageContent;
}

/** A new signing secret, as Standard Webhooks writes it: "whsec_" and 32 bytes in base64. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/**
 * The headers of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over "id.timestamp.body" with the
 * secret's bytes. The id stays the same when a message is sent again; the time is that of the attempt.
 * @param atSeconds of the attempt, since 1970
 */
export function signedHeaders(
  id: string,
  body: string,
  secret: string,
  atSeconds: number,
): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${atSeconds}.${body}`).digest("base64");
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(atSeconds),
    "webhook-signature": `v1,${signature}`,
  };
}

/** The body of a message in a receiver's own form. */
export function webhookBody(format: WebhookFormat, message: WebhookMessage, publicUrl: string): string {
  return JSON.stringify(
    forms[format](message, message.content.href ? `${publicUrl}${message.content.href}` : ""),
  );
}

const forms: Record<WebhookFormat, (message: WebhookMessage, link: string) => unknown> = {
  standard: ({ kind, createdAt, content }, link) => ({
    type: kind,
    timestamp: createdAt.toISOString(),
    data: {
      title: content.title,
      body: content.body,
      url: link || null,
      facts: content.facts,
      projectId: content.projectId,
      environmentId: content.environmentId,
    },
  }),
  slack: ({ content }, link) => ({
    text: [
      `*${slackText(content.title)}*`,
      slackText(content.body),
      ...content.facts.map(({ label, value }) => `${slackText(label)}: ${slackText(value)}`),
      link && `<${link}|Open in Rostrum>`,
    ]
      .filter(Boolean)
      .join("\n"),
  }),
  teams: ({ content }, link) => ({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            { type: "TextBlock", text: markdownText(content.title), weight: "Bolder", wrap: true },
            ...(content.body ? [{ type: "TextBlock", text: markdownText(content.body), wrap: true }] : []),
            ...(content.facts.length > 0
              ? [
                  {
                    type: "FactSet",
                    facts: content.facts.map(({ label, value }) => ({
                      title: label,
                      value: markdownText(value),
                    })),
                  },
                ]
              : []),
          ],
          actions: link ? [{ type: "Action.OpenUrl", title: "Open in Rostrum", url: link }] : [],
        },
      },
    ],
  }),
};

/** Slack's three control characters, so that no text becomes a link or calls a channel ("<!everyone>"). */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Signs that Markdown would read, so that no text becomes a link. */
function markdownText(text: string): string {
  return text.replaceAll(/[\\[\]()*_`<>]/g, (sign) => `\\${sign}`);
}
