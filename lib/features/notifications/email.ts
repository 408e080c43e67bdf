import { escapeHtml } from "@/lib/kernel/html";
import { escapeLines } from "@/lib/kernel/text";
import type { DigestItem, MessageContent } from "./content";

export interface EmailText {
  subject: string;
  text: string;
  html: string;
}

/** A message as an e-mail: plain text, and the same as simple HTML. Links lead to the portal and decide nothing. */
export function renderEmail(
  content: MessageContent,
  publicUrl: string,
  action = "Open in Rostrum",
): EmailText {
  const { title, body, facts, href, items } = content;
  const link = href ? `${publicUrl}${href}` : "";
  const settings = `${publicUrl}/account#notifications`;
  const text = [
    title,
    body,
    facts.map(({ label, value }) => `${label}: ${value}`).join("\n"),
    items.map((item) => digestText(item, publicUrl)).join("\n\n"),
    link && `${action}: ${link}`,
    `--\nManage email notifications: ${settings}`,
  ];
  const html = [
    `<p><strong>${lines(title)}</strong></p>`,
    body && `<p>${lines(body)}</p>`,
    facts.length > 0 &&
      `<table cellpadding="4">${facts.map(({ label, value }) => `<tr><td style="color:#6a7080">${lines(label)}</td><td>${lines(value)}</td></tr>`).join("")}</table>`,
    items.map((item) => digestHtml(item, publicUrl)).join(""),
    link &&
      `<p><a href="${escapeHtml(link)}" style="display:inline-block;padding:10px 16px;border-radius:8px;background:#2340e0;color:#ffffff;text-decoration:none">${escapeHtml(action)}</a></p>`,
    `<p style="color:#6a7080;font-size:12px">Manage email notifications in <a href="${escapeHtml(settings)}">your account settings</a>.</p>`,
  ];
  return {
    subject: title,
    text: escapeLines(text.filter(Boolean).join("\n\n")).concat("\n"),
    html: `<!doctype html><html lang="en"><body style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.5;color:#16181d">${html.filter(Boolean).join("")}</body></html>`,
  };
}

function digestText({ title, body, href, at }: DigestItem, publicUrl: string): string {
  return [`${when(at)}  ${title}`, body, href && `${publicUrl}${href}`].filter(Boolean).join("\n");
}

function digestHtml({ title, body, href, at }: DigestItem, publicUrl: string): string {
  const shown = href ? `<a href="${escapeHtml(`${publicUrl}${href}`)}">${lines(title)}</a>` : lines(title);
  return `<p><span style="color:#6a7080">${when(at)}</span> ${shown}${body ? `<br>${lines(body)}` : ""}</p>`;
}

/** "2026-11-30 07:05 UTC". */
const when = (at: string) => `${at.slice(0, 16).replace("T", " ")} UTC`;

const lines = (text: string) => escapeHtml(escapeLines(text)).replaceAll("\n", "<br>");
