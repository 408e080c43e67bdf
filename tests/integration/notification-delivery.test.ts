import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  bundleDigests,
  createWebhook,
  deliverMessage,
  listDeliveries,
  notify,
  retryDelivery,
  sweepOutbox,
  updatePreferences,
} from "@/lib/features/notifications";
import { cliActor } from "@/lib/platform/auth";
import { resetConfig } from "@/lib/platform/config";
import { execute, inTransaction, pooled, query } from "@/lib/platform/db";
import { closeMail } from "@/lib/platform/mail";
import type { TestDatabase } from "@/tests/support/database";
import { freePort } from "@/tests/support/free-port";
import { makePerson, makeProject, type TestPerson, useTestPortal } from "@/tests/support/portal";
import { until } from "@/tests/support/world";

let database: TestDatabase;
let person: TestPerson;
let mailServer: SMTPServer;
let hookServer: Server;
let hookUrl: string;
const mails: { to: string[]; source: string }[] = [];
const calls: { headers: IncomingHttpHeaders; body: string }[] = [];
let smtpFails = false;
let hookStatus = 204;

/** A mail as people read it: without the soft breaks and signs of quoted-printable. */
function unfolded(source: string): string {
  const bytes = source
    .replaceAll("=\r\n", "")
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

beforeAll(async () => {
  const smtpPort = await freePort();
  mailServer = new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    onAuth: ({ username, password }, _session, done) =>
      username === "rostrum" && password === "of the relay"
        ? done(null, { user: username })
        : done(new Error("no")),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (smtpFails) return done(Object.assign(new Error("Try again later"), { responseCode: 451 }));
        mails.push({
          to: session.envelope.rcptTo.map((one) => one.address),
          source: unfolded(Buffer.concat(chunks).toString("latin1")),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => mailServer.listen(smtpPort, "127.0.0.1", resolve));
  hookServer = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      calls.push({ headers: request.headers, body });
      response.writeHead(hookStatus).end();
    });
  });
  const hookPort = await freePort();
  await new Promise<void>((resolve) => hookServer.listen(hookPort, "127.0.0.1", resolve));
  hookUrl = `http://127.0.0.1:${hookPort}/hook?key=of-the-channel`;
  database = await useTestPortal({
    SMTP_HOST: "127.0.0.1",
    SMTP_PORT: String(smtpPort),
    SMTP_TLS: "off",
    SMTP_USER: "rostrum",
    SMTP_PASSWORD: "of the relay",
    SMTP_FROM: "Rostrum <rostrum@portal.example>",
    OUTGOING_ALLOW: "127.0.0.0/8",
  });
  person = await makePerson("told", { projects: { [await makeProject("p")]: "developer" } });
});

afterAll(async () => {
  closeMail();
  await new Promise((resolve) => mailServer?.close(() => resolve(null)));
  await new Promise((resolve) => hookServer?.close(() => resolve(null)));
  await database?.drop();
});

beforeEach(async () => {
  await execute("DELETE FROM outbox_message");
  await execute("DELETE FROM webhook");
  await execute("DELETE FROM notification_preference");
  mails.length = 0;
  calls.length = 0;
  smtpFails = false;
  hookStatus = 204;
});

const failed = (title = "shop: creation failed") =>
  ({ kind: "run.failed", subjectId: person.id, title, body: "No free ports", href: "/runs/run_1" }) as const;

const outbox = () =>
  query<{ id: string; status: string; attempts: number; lastError: string }>(
    `SELECT id, status::text AS status, attempts, last_error AS "lastError" FROM outbox_message ORDER BY created_at, id`,
  );
const due = () => execute("UPDATE outbox_message SET next_attempt_at = now(), lease_until = NULL");

async function onlyMessage() {
  const [only, ...others] = await outbox();
  expect(others).toEqual([]);
  if (!only) throw new Error("nothing in the outbox");
  return only;
}

/** As the receiver of a Standard Webhook verifies it. */
function verify({ headers, body }: (typeof calls)[number], secret: string): boolean {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const wanted = `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
  return String(headers["webhook-signature"]).split(" ").includes(wanted);
}

describe("the outbox", () => {
  it("has nothing of an event that was rolled back", async () => {
    const rolledBack = inTransaction(async (tx) => {
      await notify(tx, failed());
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    expect(await outbox()).toEqual([]);
    expect(await query("SELECT 1 FROM notification WHERE title = $1", [failed().title])).toEqual([]);
  });

  it("sends once although two workers have the same message", async () => {
    await notify(pooled, failed());
    const { id } = await onlyMessage();
    const tried = await Promise.all([deliverMessage(id), deliverMessage(id), deliverMessage(id)]);
    expect(tried.filter(Boolean)).toHaveLength(1);
    expect(mails).toHaveLength(1);
    expect(await onlyMessage()).toMatchObject({ status: "delivered", attempts: 1 });
    expect(await deliverMessage(id)).toBe(false);
  });
});

it("is swept out of the database through the queue", async () => {
  await notify(pooled, failed());
  const { closeQueues, startWorker } = await import("@/lib/platform/queue");
  await startWorker("notifications.deliver", async ({ messageId }) => void (await deliverMessage(messageId)));
  try {
    expect(await sweepOutbox(AbortSignal.timeout(30_000))).toBe(1);
    await until(onlyMessage, (message) => message.status === "delivered", 30_000);
    expect(mails).toHaveLength(1);
    expect(await sweepOutbox(AbortSignal.timeout(30_000))).toBe(0);
  } finally {
    await closeQueues(1_000);
  }
});

describe("e-mail", () => {
  it("sends neither password nor message to a server without encryption, unless that is allowed", async () => {
    process.env.SMTP_TLS = "starttls";
    resetConfig();
    try {
      await notify(pooled, failed());
      await deliverMessage((await onlyMessage()).id);
      expect(await onlyMessage()).toMatchObject({
        status: "pending",
        lastError: expect.stringMatching(/STARTTLS/i),
      });
      expect(mails).toEqual([]);
    } finally {
      process.env.SMTP_TLS = "off";
      resetConfig();
    }
  });

  it("says what happened in plain text and HTML, escaped, with a link to the portal", async () => {
    await notify(pooled, {
      ...failed("<b>shop</b> & co: approval requested"),
      kind: "request.approval-requested",
      subjectId: null,
      href: "/approvals/req_1",
      facts: [{ label: "Monthly cost", value: "€28.63" }],
    });
    // No one may decide in no project: an administrator is asked, and there is none with an address.
    expect(await outbox()).toEqual([]);
    await makePerson("root", { orgRole: "admin" });
    await notify(pooled, {
      ...failed("<b>shop</b> & co: approval requested"),
      kind: "request.approval-requested",
      subjectId: null,
      href: "/approvals/req_1",
      facts: [{ label: "Monthly cost", value: "28.63 EUR" }],
    });
    await deliverMessage((await onlyMessage()).id);
    const [mail] = mails;
    expect(mail?.to).toEqual(["root@test.example"]);
    expect(mail?.source).toContain("From: Rostrum <rostrum@portal.example>");
    expect(mail?.source).toContain("Subject: <b>shop</b> & co: approval requested");
    expect(mail?.source).toContain("Review request: http://localhost:3000/approvals/req_1");
    expect(mail?.source).toContain("Monthly cost: 28.63 EUR");
    expect(mail?.source).toContain("&lt;b&gt;shop&lt;/b&gt; &amp; co");
  });

  it("lets no name add a header", async () => {
    await notify(pooled, failed("shop\r\nBcc: thief@evil.example\r\n\r\nbody"));
    await deliverMessage((await onlyMessage()).id);
    expect(mails[0]?.to).toEqual([person.email]);
    const [head = ""] = (mails[0]?.source ?? "").split("\r\n\r\n");
    expect(head).not.toMatch(/^bcc:/im);
    expect(head).toContain("Subject: shop Bcc: thief@evil.example body");
  });

  it("waits for a server that fails, and arrives with the same id when it works again", async () => {
    smtpFails = true;
    await notify(pooled, failed());
    const { id } = await onlyMessage();
    expect(await deliverMessage(id)).toBe(true);
    expect(await onlyMessage()).toMatchObject({
      status: "pending",
      attempts: 1,
      lastError: expect.stringContaining("451"),
    });
    // Not before its time.
    expect(await deliverMessage(id)).toBe(false);
    smtpFails = false;
    await due();
    await deliverMessage(id);
    expect(mails[0]?.source).toContain(`Message-ID: <${id}@localhost>`);
    expect(await onlyMessage()).toMatchObject({ status: "delivered", attempts: 2, lastError: "" });
  });

  it("is given up when its time is over; administrators see it and have it sent again", async () => {
    smtpFails = true;
    await notify(pooled, failed());
    const { id } = await onlyMessage();
    await execute("UPDATE outbox_message SET give_up_at = now()");
    await deliverMessage(id);
    const page = await listDeliveries(cliActor(), { limit: 10, status: "failed" });
    expect(page.items).toMatchObject([{ id, channel: "email", to: "told", attempts: 1 }]);
    expect(await query("SELECT title FROM notification WHERE kind = 'delivery.failed'")).toHaveLength(1);
    smtpFails = false;
    await retryDelivery(cliActor(), id);
    await deliverMessage(id);
    expect(mails).toHaveLength(1);
    await expect(retryDelivery(cliActor(), id)).rejects.toMatchObject({ code: "not_found" });
  });

  it("comes once a day to users who want a digest, and not at all to others", async () => {
    const actor = { ...cliActor(), userId: person.id, email: person.email };
    await updatePreferences(actor, { items: [{ group: "requests", email: "digest" }] });
    await notify(pooled, [failed("first failed"), failed("second failed")]);
    expect((await outbox()).map((one) => one.status)).toEqual(["digest", "digest"]);
    expect(await bundleDigests()).toBe(0);
    await due();
    expect(await bundleDigests()).toBe(1);
    await deliverMessage((await onlyMessage()).id);
    expect(mails[0]?.source).toMatch(/first failed[\s\S]*second failed/);
    await execute("DELETE FROM outbox_message");
    await updatePreferences(actor, { items: [{ group: "requests", email: "off" }] });
    await notify(pooled, failed());
    expect(await outbox()).toEqual([]);
  });
});

describe("a webhook", () => {
  const make = (format: "standard" | "slack" | "teams" = "standard") =>
    createWebhook(cliActor(), { name: "hook", url: hookUrl, format, groups: ["requests"] });
  const hookMessage = async () => {
    const [row] = await query<{ id: string }>("SELECT id FROM outbox_message WHERE channel = 'webhook'");
    return row?.id ?? "";
  };

  it("is signed as Standard Webhooks says, and hears only of its groups", async () => {
    const { secret, address } = await make();
    expect(secret).toMatch(/^whsec_/);
    expect(address).toBe(new URL(hookUrl).origin);
    await notify(pooled, { ...failed(), kind: "backup.failed" });
    expect(await hookMessage()).toBe("");
    await notify(pooled, failed());
    await deliverMessage(await hookMessage());
    const [received] = calls;
    if (!received) throw new Error("nothing came");
    expect(verify(received, secret)).toBe(true);
    expect(verify({ ...received, body: `${received.body} ` }, secret)).toBe(false);
    expect(JSON.parse(received.body)).toMatchObject({
      type: "run.failed",
      data: { title: "shop: creation failed", url: "http://localhost:3000/runs/run_1" },
    });
    const [stored] = await query<{ sealed: string }>("SELECT sealed FROM webhook");
    expect(stored?.sealed).not.toContain(secret.slice(6));
  });

  it("gets the same id again when its worker died between sending and noting it", async () => {
    await make();
    await notify(pooled, failed());
    const id = await hookMessage();
    await deliverMessage(id);
    // As a worker leaves it that was killed after the answer: claimed, not marked.
    await execute(
      "UPDATE outbox_message SET status = 'pending', delivered_at = NULL, lease_until = now() + interval '1 minute' WHERE id = $1",
      [id],
    );
    expect(await deliverMessage(id)).toBe(false);
    await execute("UPDATE outbox_message SET lease_until = now() - interval '1 second' WHERE id = $1", [id]);
    await deliverMessage(id);
    expect(calls.map((one) => one.headers["webhook-id"])).toEqual([id, id]);
  });

  it("is tried again after an error, and a redirect is one", async () => {
    await make();
    await notify(pooled, failed());
    const id = await hookMessage();
    hookStatus = 302;
    await deliverMessage(id);
    hookStatus = 500;
    await due();
    await deliverMessage(id);
    hookStatus = 200;
    await due();
    await deliverMessage(id);
    const [row] = await query("SELECT status::text AS status, attempts FROM outbox_message WHERE id = $1", [
      id,
    ]);
    expect(row).toEqual({ status: "delivered", attempts: 3 });
  });

  it("speaks as Slack and Teams want it, and calls no one there", async () => {
    await make("slack");
    await notify(pooled, failed("<!everyone> shop failed"));
    await deliverMessage(await hookMessage());
    expect(JSON.parse(calls[0]?.body ?? "").text).toMatch(/^\*&lt;!everyone&gt; shop failed\*/);
    await execute("DELETE FROM webhook");
    await make("teams");
    await notify(pooled, failed("[shop](https://evil.example)"));
    await deliverMessage(await hookMessage());
    const card = JSON.parse(calls[1]?.body ?? "").attachments[0].content;
    expect(card.body[0].text).toBe("\\[shop\\]\\(https://evil.example\\)");
    expect(card.actions).toMatchObject([{ type: "Action.OpenUrl" }]);
  });

  it("leads nowhere that outgoing connections may not lead", async () => {
    const inward = {
      name: "x",
      url: "http://169.254.169.254/latest",
      format: "standard",
      groups: ["requests"],
    } as const;
    await expect(createWebhook(cliActor(), { ...inward, groups: ["requests"] })).rejects.toMatchObject({
      code: "validation_failed",
    });
  });
});
