import { createSocket, type Socket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuditKeeper, getAuditStatus, verifyAuditChain } from "@/lib/features/audit";
import { deliverHeads } from "@/lib/features/audit/delivery";
import { headsFile, readHeads } from "@/lib/features/audit/heads";
import { type Delivery, progressFile, writeProgress } from "@/lib/features/audit/progress";
import { recordAuditAlone } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { resetConfig } from "@/lib/platform/config";
import { execute, query } from "@/lib/platform/db";
import type { TestDatabase } from "../support/database";
import { freePort } from "../support/free-port";
import { makePerson, useTestPortal } from "../support/portal";

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-delivery-"));
let database: TestDatabase;
let socket: Socket;
const packets: { kind: string; content: { sequence?: number; seq?: number } }[] = [];

beforeAll(async () => {
  socket = createSocket("udp4");
  socket.on("message", (packet) => {
    const [, kind, json] = / (audit-\w+) - \uFEFF(.*)$/s.exec(packet.toString("utf8")) ?? [];
    packets.push({ kind: kind ?? "", content: JSON.parse(json ?? "") });
  });
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  database = await useTestPortal({
    DATA_DIR: dataDir,
    AUDIT_SYSLOG: `udp://127.0.0.1:${socket.address().port}`,
    AUDIT_SEND: "heads",
  });
});
afterAll(async () => {
  socket.close();
  await database.drop();
  delete process.env.AUDIT_SYSLOG;
  rmSync(dataDir, { recursive: true, force: true });
});

const add = (objectId: string) =>
  recordAuditAlone({ actor: systemActor("test"), action: "test.event", objectType: "test", objectId });

describe("heads of the audit", () => {
  it("are written at once, then once an hour, and reach the sink once each", async () => {
    await add("1");
    const keeper = createAuditKeeper();
    for (let turn = 0; turn < 3; turn += 1) await keeper.head();
    expect(readFileSync(headsFile(), "utf8").trim().split("\n")).toHaveLength(1);
    await keeper.close();
    await createAuditKeeper().head();
    expect(readFileSync(headsFile(), "utf8").trim().split("\n")).toHaveLength(2);
    await expect.poll(() => packets.length).toBe(2);
    expect(packets.map((one) => [one.kind, one.content.sequence])).toEqual([
      ["audit-head", 1],
      ["audit-head", 1],
    ]);
  });

  it("take the events along where that is asked for", async () => {
    packets.length = 0;
    process.env.AUDIT_SEND = "events";
    resetConfig();
    await add("2");
    await deliverHeads();
    await deliverHeads();
    await expect.poll(() => packets.length).toBe(2);
    expect(packets.map((one) => [one.kind, one.content.seq])).toEqual([
      ["audit-event", 1],
      ["audit-event", 2],
    ]);
  });

  it("are sent again from the beginning, with an alarm, whenever it is not certain what was sent", async () => {
    process.env.AUDIT_SEND = "heads";
    resetConfig();
    const admin = await makePerson("progress-admin", { orgRole: "admin" });
    const heads = readHeads().length;
    const good = readFileSync(progressFile(), "utf8");
    const content = JSON.parse(good) as { sinks: Record<string, Delivery> };
    const sink = content.sinks.syslog as Delivery;
    const far = { ...sink, sentUntil: "9999-01-01T00:00:00.000Z" };
    const cases: [why: string, break_: () => void][] = [
      ["is missing", () => rmSync(progressFile())],
      ["can’t be read", () => writeFileSync(progressFile(), good.slice(0, 40))],
      [
        "was altered",
        () => writeFileSync(progressFile(), JSON.stringify({ ...content, sinks: { syslog: far } })),
      ],
      ["not in the file of heads", () => writeProgress({ syslog: far })],
      ["does not exist", () => writeProgress({ syslog: { ...sink, sentSeq: 999_999 } })],
      [
        "which is not configured",
        () => writeFileSync(progressFile(), JSON.stringify({ ...content, keyId: "00000000" })),
      ],
    ];
    for (const [why, break_] of cases) {
      break_();
      expect((await getAuditStatus()).progress, why).toEqual({
        at: null,
        problem: expect.stringContaining(why),
      });
      expect((await verifyAuditChain()).warnings.join(" ")).toContain(why);
      packets.length = 0;
      await deliverHeads();
      await expect.poll(() => packets.length, { message: why }).toBe(heads);
      await deliverHeads();
      expect((await getAuditStatus()).progress, why).toEqual({
        at: expect.any(String),
        problem: expect.stringContaining(why),
      });
      expect((await verifyAuditChain()).warnings.join(" ")).not.toContain(why);
      expect(packets, "not once more").toHaveLength(heads);
    }
    const [told] = await query<{ count: number }>(
      "SELECT count(*)::int AS count FROM notification WHERE user_id = $1 AND kind = 'audit.delivery'",
      [admin.id],
    );
    expect(told?.count).toBe(cases.length);
  });

  it("are sent whatever the database says was sent", async () => {
    await execute(`INSERT INTO setting (key, value, updated_at) VALUES ('audit.delivery', $1, now())`, [
      JSON.stringify({ syslog: { sentUntil: "9999-01-01T00:00:00.000Z", sentSeq: 999_999 } }),
    ]);
    packets.length = 0;
    await createAuditKeeper().close();
    await deliverHeads();
    await expect.poll(() => packets.length).toBe(1);
    expect(statSync(progressFile()).mode & 0o777).toBe(0o600);
  });

  it("wait for a sink that is away, say so once, and arrive in order", async () => {
    const admin = await makePerson("sink-admin", { orgRole: "admin" });
    const port = await freePort();
    Object.assign(process.env, { AUDIT_SYSLOG: `tcp://127.0.0.1:${port}`, AUDIT_SEND: "heads" });
    resetConfig();
    const keeper = createAuditKeeper();
    await keeper.close();
    await keeper.head();
    await keeper.head();
    const told = await query<{ title: string }>(
      "SELECT title FROM notification WHERE user_id = $1 AND kind = 'audit.delivery'",
      [admin.id],
    );
    expect(told).toEqual([{ title: `Couldn’t send audit heads to tcp://127.0.0.1:${port}` }]);
    const [failing] = (await getAuditStatus()).sinks;
    expect(failing).toMatchObject({ error: expect.stringContaining("ECONNREFUSED") });
    expect(failing?.failingSince).not.toBeNull();

    let received = "";
    const server = createServer(
      (stream) =>
        void stream.on("data", (data) => {
          received += data.toString("utf8");
        }),
    );
    await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
    await keeper.close();
    await keeper.head();
    server.close();
    expect(received.match(/audit-head/g)).toHaveLength(2);
    expect((await getAuditStatus()).sinks[0]).toMatchObject({ error: null, failingSince: null });
  });
});
