import { z } from "zod";

/** Where the heads of the audit chain go beside their file. */
export interface AuditSinks {
  readonly syslog: URL | undefined;
  readonly https: { readonly url: URL; readonly secret: string } | undefined;
  /** PEM file with further certificate authorities for both. */
  readonly caFile: string | undefined;
  /** `events`: every event too. */
  readonly send: "heads" | "events";
}

const optionalText = z
  .string()
  .trim()
  .optional()
  .transform((text) => (text === "" ? undefined : text));

function hasScheme(schemes: readonly string[]) {
  return (text: string | undefined) =>
    text === undefined || (URL.canParse(text) && schemes.includes(new URL(text).protocol));
}

function namesPort(text: string | undefined): boolean {
  return text === undefined || !URL.canParse(text) || new URL(text).port !== "";
}

/** The settings of the audit's sinks, each by itself; `auditSinksOf` checks what belongs together. */
export const auditSettings = {
  AUDIT_SYSLOG: optionalText
    .refine(hasScheme(["udp:", "tcp:", "tls:"]), "must be a udp://, tcp:// or tls:// URL")
    .refine(namesPort, "must include a port, for example udp://logs.example.com:514"),
  AUDIT_HTTPS_URL: optionalText.refine(hasScheme(["https:"]), "must be an https:// URL"),
  AUDIT_HTTPS_SECRET: optionalText.refine(
    (text) => text === undefined || text.length >= 32,
    "must have at least 32 characters",
  ),
  AUDIT_CA_FILE: optionalText,
  AUDIT_SEND: optionalText
    .transform((text) => text ?? "heads")
    .pipe(z.enum(["heads", "events"], "must be heads or events")),
};

type Values = { [K in keyof typeof auditSettings]: z.output<(typeof auditSettings)[K]> };

/** Answers the sinks, or what is wrong with the settings as one sentence. */
export function auditSinksOf(values: Values): AuditSinks | string {
  const { AUDIT_HTTPS_URL: url, AUDIT_HTTPS_SECRET: secret, AUDIT_SYSLOG: syslog } = values;
  if ((url === undefined) !== (secret === undefined))
    return "Set both AUDIT_HTTPS_URL and AUDIT_HTTPS_SECRET, or neither.";
  if (values.AUDIT_SEND === "events" && !url && !syslog)
    return "AUDIT_SEND=events requires AUDIT_SYSLOG or AUDIT_HTTPS_URL.";
  return Object.freeze({
    syslog: syslog ? new URL(syslog) : undefined,
    https: url && secret ? Object.freeze({ url: new URL(url), secret }) : undefined,
    caFile: values.AUDIT_CA_FILE,
    send: values.AUDIT_SEND,
  });
}
