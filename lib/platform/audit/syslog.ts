import { createSocket } from "node:dgram";
import { connect as connectTcp, type Socket } from "node:net";
import { hostname } from "node:os";
import { connect as connectTls } from "node:tls";
import { formatDuration } from "@/lib/kernel/format";

export interface SyslogMessage {
  at: Date;
  /** What kind of message it is, in ASCII without spaces: "audit-head". */
  id: string;
  text: string;
}

export interface SyslogOptions {
  timeoutMs: number;
  /** Certificate authorities in PEM for tls://, instead of the well-known ones. */
  ca?: string | undefined;
}

/** Facility 13 (log audit), severity 6 (informational). */
const priority = 13 * 8 + 6;
/** How long a server gets to close the connection after the last message. */
const closingMs = 1_000;
/** What fits into one UDP packet over IPv4. */
const largestPacket = 65_000;

/** One message as RFC 5424 writes it: UTF-8 with a byte order mark, without structured data. */
export function formatSyslog({ at, id, text }: SyslogMessage, host = hostname()): Buffer {
  const name = host.replaceAll(/[^\x21-\x7e]/g, "").slice(0, 255) || "-";
  return Buffer.from(
    `<${priority}>1 ${at.toISOString()} ${name} rostrum ${process.pid} ${id} - \uFEFF${text}`,
    "utf8",
  );
}

/**
 * Sends messages to a syslog server: one packet each by udp:// (RFC 5426), or with their length before them on one
 * connection by tcp:// (RFC 6587) and tls:// (RFC 5425). UDP tells of no loss; by TCP they were handed to the server.
 * @throws Error in one line when the server cannot be reached or takes too long
 */
export async function sendSyslog(
  server: URL,
  messages: readonly SyslogMessage[],
  options: SyslogOptions,
): Promise<void> {
  const lines = messages.map((message) => formatSyslog(message));
  try {
    if (server.protocol === "udp:") await sendPackets(server, lines);
    else await sendStream(server, lines, options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${server.host} doesn’t accept messages: ${why}`, { cause: error });
  }
}

function hostOf(server: URL): string {
  return server.hostname.replace(/^\[|\]$/g, "");
}

async function sendPackets(server: URL, lines: readonly Buffer[]): Promise<void> {
  const host = hostOf(server);
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  try {
    for (const line of lines) {
      await new Promise<void>((done, fail) => {
        socket.once("error", fail);
        socket.send(line.subarray(0, largestPacket), Number(server.port), host, (error) =>
          error ? fail(error) : done(),
        );
      });
    }
  } finally {
    socket.close();
  }
}

async function sendStream(server: URL, lines: readonly Buffer[], options: SyslogOptions): Promise<void> {
  const at = { host: hostOf(server), port: Number(server.port) };
  const socket: Socket =
    server.protocol === "tls:"
      ? connectTls({ ...at, ...(options.ca !== undefined && { ca: options.ca }) })
      : connectTcp(at);
  try {
    await new Promise<void>((done, fail) => {
      socket.setTimeout(options.timeoutMs, () =>
        fail(new Error(`no progress for ${formatDuration(options.timeoutMs)}`)),
      );
      socket.once("error", fail);
      socket.once("close", () => done());
      // Everything is with the kernel by then; a server that refuses it does so within this time.
      socket.once("finish", () => setTimeout(done, closingMs));
      socket.resume();
      for (const line of lines) socket.write(Buffer.concat([Buffer.from(`${line.length} `), line]));
      socket.end();
    });
  } finally {
    socket.destroy();
  }
}
