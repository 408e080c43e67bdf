import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listSinks, type SinkRecord } from "@/lib/features/audit/sinks";
import { formatSyslog, sendSyslog } from "@/lib/platform/audit/syslog";
import { loadConfig, resetConfig } from "@/lib/platform/config";
import { scramVerifier } from "@/lib/platform/db/scram";

/** Real servers on this machine, with a certificate authority of their own. */

const directory = mkdtempSync(join(tmpdir(), "rostrum-sinks-"));
const [keyFile, certificateFile] = [join(directory, "key.pem"), join(directory, "cert.pem")];
const secret = "a-shared-secret-of-more-than-32-characters";
const open: { close(): unknown }[] = [];
const before = { ...process.env };

beforeAll(() => {
  execFileSync(
    "openssl",
    [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost".split(
        " ",
      ),
      ...[
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-keyout",
        keyFile,
        "-out",
        certificateFile,
      ],
    ],
    { stdio: "ignore" },
  );
});
beforeEach(() => resetConfig());
afterEach(() => {
  for (const server of open.splice(0)) server.close();
  for (const name of Object.keys(process.env)) if (name.startsWith("AUDIT_")) delete process.env[name];
  Object.assign(process.env, before);
  resetConfig();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const tls = () => ({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) });
const listen = (server: Server) =>
  new Promise<number>((done) => {
    open.push(server);
    server.listen(0, "127.0.0.1", () => done((server.address() as AddressInfo).port));
  });
const message = {
  at: new Date("2026-11-29T12:00:00Z"),
  id: "audit-head",
  text: '{"sequence":7,"name":"Grüße"}',
};

/** Takes octet-counted messages apart. */
function framesOf(stream: Buffer): string[] {
  const frames: string[] = [];
  let rest = stream;
  while (rest.length > 0) {
    const space = rest.indexOf(" ");
    const length = Number(rest.subarray(0, space).toString());
    frames.push(rest.subarray(space + 1, space + 1 + length).toString("utf8"));
    rest = rest.subarray(space + 1 + length);
  }
  return frames;
}

describe("syslog", () => {
  it("writes messages as RFC 5424 does", () => {
    expect(formatSyslog(message, "host one").toString("utf8")).toBe(
      `<110>1 2026-11-29T12:00:00.000Z hostone rostrum ${process.pid} audit-head - \uFEFF${message.text}`,
    );
  });

  it("sends one packet a message by UDP", async () => {
    const socket = createSocket("udp4");
    open.push(socket);
    const packets: string[] = [];
    socket.on("message", (packet) => packets.push(packet.toString("utf8")));
    await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
    const server = new URL(`udp://127.0.0.1:${socket.address().port}`);
    await sendSyslog(server, [message, { ...message, text: "second" }], { timeoutMs: 1_000 });
    await expect.poll(() => packets.length).toBe(2);
    expect(packets[0]).toContain(message.text);
    expect(packets[1]).toMatch(/second$/);
  });

  it("counts octets by TCP and TLS, and trusts no unknown certificate", async () => {
    for (const scheme of ["tcp", "tls"]) {
      const received: Buffer[] = [];
      const take = (socket: NodeJS.ReadableStream) =>
        void socket.on("data", (data: Buffer) => received.push(data));
      const server = scheme === "tcp" ? createServer(take) : createTlsServer(tls(), take);
      const url = new URL(`${scheme}://localhost:${await listen(server)}`);
      if (scheme === "tls") {
        await expect(sendSyslog(url, [message], { timeoutMs: 2_000 })).rejects.toThrow(/certificate/);
      }
      const ca = readFileSync(certificateFile, "utf8");
      await sendSyslog(url, [message, { ...message, text: "second" }], { timeoutMs: 2_000, ca });
      const frames = framesOf(Buffer.concat(received));
      expect(frames).toHaveLength(2);
      expect(frames[0]).toContain(message.text);
    }
  });

  it("says in one line when no one listens", async () => {
    await expect(sendSyslog(new URL("tcp://127.0.0.1:1"), [message], { timeoutMs: 1_000 })).rejects.toThrow(
      /^127\.0\.0\.1:1 doesn’t accept messages: .*ECONNREFUSED/,
    );
  });
});

describe("the HTTPS sink", () => {
  const records: SinkRecord[] = [{ kind: "audit-head", at: message.at, content: { sequence: 7 } }];
  const start = async (status: number, headers: Record<string, string> = {}) => {
    const requests: { headers: Record<string, unknown>; body: string }[] = [];
    const server = createHttpsServer(tls(), (request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        requests.push({ headers: request.headers, body });
        response.writeHead(status, headers).end("no room\nleft");
      });
    });
    const port = await listen(server);
    Object.assign(process.env, {
      AUDIT_HTTPS_URL: `https://user:password@localhost:${port}/audit?token=hidden`,
      AUDIT_HTTPS_SECRET: secret,
      AUDIT_CA_FILE: certificateFile,
    });
    resetConfig();
    return { requests, sink: listSinks()[0] };
  };

  it("posts signed JSON, and shows its address without what is secret", async () => {
    const { requests, sink } = await start(204);
    await sink?.send(records);
    const [request] = requests;
    expect(JSON.parse(request?.body ?? "")).toEqual({ records: [{ kind: "audit-head", sequence: 7 }] });
    const signed = `${request?.headers["x-rostrum-timestamp"]}.${request?.body}`;
    const expected = createHmac("sha256", secret).update(signed).digest("hex");
    expect(request?.headers["x-rostrum-signature"]).toBe(`v1=${expected}`);
    expect(sink?.target).toMatch(/^https:\/\/localhost:\d+\/audit$/);
  });

  it("fails in one line on refusal, redirect and an unknown certificate", async () => {
    const refusing = await start(507);
    await expect(refusing.sink?.send(records)).rejects.toThrow(
      /^localhost:\d+ returned HTTP 507: no room left$/,
    );
    const moved = await start(302, { location: "https://127.0.0.1/elsewhere" });
    await expect(moved.sink?.send(records)).rejects.toThrow(/returned HTTP 302/);
    delete process.env.AUDIT_CA_FILE;
    resetConfig();
    await expect(listSinks()[0]?.send(records)).rejects.toThrow(/can’t reach .*certificate/);
  });
});

describe("settings of the audit", () => {
  it("are refused by name", () => {
    const wrong: [Record<string, string>, string][] = [
      [{ AUDIT_SYSLOG: "logs.example.com" }, "AUDIT_SYSLOG must be a udp://"],
      [{ AUDIT_SYSLOG: "udp://logs.example.com" }, "AUDIT_SYSLOG must include a port"],
      [
        { AUDIT_HTTPS_URL: "http://a.example", AUDIT_HTTPS_SECRET: secret },
        "AUDIT_HTTPS_URL must be an https://",
      ],
      [{ AUDIT_HTTPS_URL: "https://a.example" }, "Set both AUDIT_HTTPS_URL and"],
      [{ AUDIT_HTTPS_URL: "https://a.example", AUDIT_HTTPS_SECRET: "short" }, "at least 32"],
      [{ AUDIT_SEND: "all" }, "AUDIT_SEND must be heads or events"],
      [{ AUDIT_SEND: "events" }, "requires AUDIT_SYSLOG or AUDIT_HTTPS_URL"],
      [{ DATABASE_OWNER_URL: "postgres://a@b/c" }, "DATABASE_OWNER_URL requires DATABASE_URL"],
      [
        { DATABASE_URL: "postgres://a@b/c", DATABASE_OWNER_URL: "postgres://a:x@b/c" },
        "must use different roles",
      ],
    ];
    for (const [env, problem] of wrong) expect(() => loadConfig(env), problem).toThrow(problem);
    expect(loadConfig({}).auditSinks).toEqual({ send: "heads" });
    expect(loadConfig({ AUDIT_SYSLOG: "udp://[::1]:514" }).auditSinks.syslog?.port).toBe("514");
  });
});

describe("the verifier of a password", () => {
  it("is what PostgreSQL computes (RFC 7677's example)", () => {
    expect(scramVerifier("pencil", Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"))).toBe(
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    );
  });
});
