import { readFile } from "node:fs/promises";
import nodemailer, { type Transporter } from "nodemailer";
import { messageOf } from "@/lib/kernel/errors";
import { getConfig, type MailConfig } from "../config";

export interface Mail {
  /** One address, without a name. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Stable over attempts: what is sent twice is recognized by it. */
  id: string;
}

const connectMs = 10_000;
const answerMs = 20_000;

let open: { config: MailConfig; transport: Transporter } | undefined;

/**
 * Hands a mail to the configured SMTP server and waits until it has taken it.
 * @throws Error in one line when e-mail is not configured, the server cannot be reached or refuses
 */
export async function sendMail({ to, subject, text, html, id }: Mail): Promise<void> {
  const { mail: config, publicUrl } = getConfig();
  if (!config) throw new Error("Email isn’t configured");
  const transport = await transportOf(config);
  try {
    await transport.sendMail({
      from: config.from,
      to: { name: "", address: oneLine(to) },
      subject: oneLine(subject),
      text,
      html,
      messageId: `<${id}@${new URL(publicUrl).hostname}>`,
      // What answers by itself (an absence, a ticket system) does not answer this.
      headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  } catch (error) {
    throw new Error(`${config.host}:${config.port}: ${oneLine(messageOf(error))}`, { cause: error });
  }
}

/** A line for a header: whatever would begin another one is a space. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ").trim();
}

/** Ends the connections of this process. */
export function closeMail(): void {
  open?.transport.close();
  open = undefined;
}

async function transportOf(config: MailConfig): Promise<Transporter> {
  if (open?.config === config) return open.transport;
  closeMail();
  const { host, port, security, user, password, caFile } = config;
  const transport = nodemailer.createTransport({
    pool: true,
    maxConnections: 2,
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "off",
    ...(user !== undefined && password !== undefined && { auth: { user, pass: password } }),
    tls: { minVersion: "TLSv1.2", ...(caFile && { ca: await readFile(caFile, "utf8") }) },
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: answerMs,
  });
  open = { config, transport };
  return transport;
}
