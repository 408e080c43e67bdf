import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { sendSyslog } from "@/lib/platform/audit/syslog";
import { getConfig } from "@/lib/platform/config";
import { post } from "@/lib/platform/outgoing";

/** What a sink gets: heads of the chain and, if configured, events. */
export interface SinkRecord {
  kind: "audit-head" | "audit-event";
  at: Date;
  content: object;
}

export interface Sink {
  name: "syslog" | "https";
  /** For people; without user name, password and query. */
  target: string;
  send(records: readonly SinkRecord[]): Promise<void>;
}

const timeoutMs = 10_000;

/** The configured sinks. */
export function listSinks(): Sink[] {
  const { syslog, https } = getConfig().auditSinks;
  return [
    ...(syslog ? [{ name: "syslog" as const, target: shown(syslog), send: toSyslog(syslog) }] : []),
    ...(https ? [{ name: "https" as const, target: shown(https.url), send: toHttps(https) }] : []),
  ];
}

function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
}

function toSyslog(server: URL): Sink["send"] {
  return async (records) => {
    const messages = records.map(({ kind, at, content }) => ({
      id: kind,
      at,
      text: JSON.stringify(content),
    }));
    await sendSyslog(server, messages, { timeoutMs, ca: await readCa() });
  };
}

/**
 * One POST with `{"records": [{"kind", …}]}`. `X-Rostrum-Signature: v1=<hex>` is the HMAC-SHA-256, with the shared
 * secret, of the value of `X-Rostrum-Timestamp`, a dot, and the body.
 */
function toHttps({ url, secret }: { url: URL; secret: string }): Sink["send"] {
  return async (records) => {
    const body = JSON.stringify({ records: records.map(({ kind, content }) => ({ kind, ...content })) });
    const timestamp = new Date().toISOString();
    const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`, "utf8").digest("hex");
    const headers = {
      "content-type": "application/json",
      "user-agent": "rostrum",
      "x-rostrum-timestamp": timestamp,
      "x-rostrum-signature": `v1=${signature}`,
    };
    await post(url, { body, headers, timeoutMs, ca: await readCa() });
  };
}

async function readCa(): Promise<string | undefined> {
  const { caFile } = getConfig().auditSinks;
  if (caFile === undefined) return undefined;
  try {
    return await readFile(caFile, "utf8");
  } catch (error) {
    throw new Error(`AUDIT_CA_FILE ${caFile} can’t be read`, { cause: error });
  }
}
