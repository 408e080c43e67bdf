import { z } from "zod";
import { optionalText, wholeNumber } from "./values";

/** How e-mail is sent. */
export interface MailConfig {
  readonly host: string;
  readonly port: number;
  /** `starttls`: encrypted or not at all, `tls`: from the first byte, `off`: never, for a relay on this machine. */
  readonly security: "starttls" | "tls" | "off";
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** The sender: "Rostrum <rostrum@example.com>" or an address alone. */
  readonly from: string;
  /** PEM file with the certificate authorities of the server, instead of the well-known ones. */
  readonly caFile: string | undefined;
}

/** What to set so that Rostrum sends e-mail, for administrators. */
export const mailVariables = [
  "SMTP_HOST",
  "SMTP_PORT",
  "SMTP_TLS",
  "SMTP_USER",
  "SMTP_PASSWORD",
  "SMTP_FROM",
] as const;

const address = /^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/;

/** An address, or a name with an address in angle brackets; one line. */
function isSender(text: string): boolean {
  const named = /^[^<>\r\n]{0,200}<([^<>]+)>$/.exec(text);
  return address.test(named?.[1] ?? text);
}

/** The settings of e-mail, each by itself; `mailOf` checks what belongs together. */
export const mailSettings = {
  SMTP_HOST: optionalText,
  SMTP_PORT: wholeNumber(1, 65_535, 0),
  SMTP_TLS: optionalText
    .transform((text) => text ?? "starttls")
    .pipe(z.enum(["starttls", "tls", "off"], "must be starttls, tls or off")),
  SMTP_USER: optionalText,
  SMTP_PASSWORD: optionalText,
  SMTP_FROM: optionalText.refine(
    (text) => text === undefined || isSender(text),
    "must be an email address, for example Rostrum <rostrum@example.com>",
  ),
  SMTP_CA_FILE: optionalText,
};

type Values = { [K in keyof typeof mailSettings]: z.output<(typeof mailSettings)[K]> };

const usualPorts = { starttls: 587, tls: 465, off: 25 } as const;

/** Answers how to send e-mail, undefined when it is not configured, or what is wrong with the settings as one sentence. */
export function mailOf(values: Values): MailConfig | undefined | string {
  const { SMTP_HOST: host, SMTP_FROM: from, SMTP_TLS: security, SMTP_USER: user } = values;
  const { SMTP_PASSWORD: password, SMTP_CA_FILE: caFile, SMTP_PORT: port } = values;
  if ((host === undefined) !== (from === undefined)) return "Set both SMTP_HOST and SMTP_FROM, or neither.";
  if ((user === undefined) !== (password === undefined))
    return "Set both SMTP_USER and SMTP_PASSWORD, or neither.";
  if (host === undefined || from === undefined) return undefined;
  return Object.freeze({ host, port: port || usualPorts[security], security, user, password, from, caFile });
}
