import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as listen } from "@/app/api/v1/events/route";
import { execute, inTransaction, pooled, query } from "@/lib/platform/db";
import { getEventHub, type LiveEvent, publishEvent, publishEvents } from "@/lib/platform/events";
import { beginShutdown, resetShutdown } from "@/lib/platform/http";
import type { TestDatabase } from "../support/database";
import { call, callRaw, makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";

let database: TestDatabase;
let projectId: string;
let member: TestPerson;
let stranger: TestPerson;

beforeAll(async () => {
  database = await useTestPortal();
  projectId = await makeProject("live");
  member = await makePerson("member", { projects: { [projectId]: "viewer" } });
  stranger = await makePerson("stranger");
});
afterAll(async () => await database.drop());

async function until(condition: () => boolean, limitMs = 8_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error("It did not happen in time.");
    await sleep(5);
  }
}

interface Message {
  id: string;
  topic: string;
  type: string;
  data: Record<string, unknown>;
}

/** Reads a stream in the background, as EventSource does. */
async function openStream(token: string, topics: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  const response = await callRaw(listen, {
    token,
    path: `/api/v1/events?topics=${topics}`,
    headers,
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const messages: Message[] = [];
  const state = { ended: false };
  const reading = (async () => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const id = /^id: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (id && data) messages.push({ id, ...JSON.parse(data) });
      }
    }
    state.ended = true;
  })();
  reading.catch(() => {
    state.ended = true;
  });
  return { messages, state, close: () => abort.abort() };
}

describe("the hub", () => {
  it("delivers after commit, never after rollback, and only what was subscribed", async () => {
    const seen: LiveEvent[] = [];
    const stop = await getEventHub().subscribe(["run:run_aaaaaaaa"], (event) => seen.push(event));
    await inTransaction(async (tx) => {
      await publishEvent(tx, "run:run_aaaaaaaa", "step.started", { component: "web" });
      await sleep(100);
      expect(seen).toHaveLength(0);
    });
    await expect(
      inTransaction(async (tx) => {
        await publishEvent(tx, "run:run_aaaaaaaa", "never");
        throw new Error("rolled back");
      }),
    ).rejects.toThrow("rolled back");
    await publishEvents(pooled, [
      { topic: "run:run_bbbbbbbb", kind: "foreign" },
      { topic: "run:run_aaaaaaaa", kind: "step.finished" },
    ]);
    await until(() => seen.length === 2);
    expect(seen.map((event) => event.kind)).toEqual(["step.started", "step.finished"]);
    expect(seen[0]?.payload).toEqual({ component: "web" });
    stop();
  });

  it("hears each of the many events of one statement, however long their topics are", async () => {
    const count = 1_000;
    const topics = Array.from(
      { length: count },
      (_, index) => `environment:sixlet_${String(index).padStart(40, "0")}` as const,
    );
    const seen: string[] = [];
    const stop = await getEventHub().subscribe(topics, (event) => seen.push(event.topic));
    await publishEvents(
      pooled,
      topics.map((topic) => ({ topic, kind: "many" })),
    );
    await until(() => seen.length >= count);
    expect(seen).toEqual(topics);
    stop();
  });

  it("hears what could not be read at first, though its connection holds", async () => {
    const seen: string[] = [];
    const stop = await getEventHub().subscribe(["run:run_dddddddd"], (event) => seen.push(event.kind));
    await publishEvent(pooled, "run:run_dddddddd", "before");
    await until(() => seen.length === 1);
    const owner = database.pool;
    await owner.query(
      `BEGIN; INSERT INTO event (topic, kind) VALUES ('run:run_dddddddd', 'unreadable');
       ALTER TABLE event RENAME TO event_away; COMMIT`,
    );
    await sleep(300);
    await owner.query("ALTER TABLE event_away RENAME TO event");
    await until(() => seen.includes("unreadable"));
    stop();
  });

  it("catches up after its connection was cut", async () => {
    const seen = new Set<string>();
    const stop = await getEventHub().subscribe(["project:prj_cccccccc"], (event) => seen.add(event.kind));
    await publishEvent(pooled, "project:prj_cccccccc", "first");
    await until(() => seen.has("first"));
    await execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rostrum events' AND datname = current_database()",
    );
    await publishEvent(pooled, "project:prj_cccccccc", "while away");
    await until(() => seen.has("while away"));
    await publishEvent(pooled, "project:prj_cccccccc", "after");
    await until(() => seen.has("after"));
    stop();
  });
});

describe("GET /api/v1/events", () => {
  it("answers foreign, unknown and malformed topics alike", async () => {
    for (const topic of [
      `project:${projectId}`,
      "project:prj_00000000",
      "admin",
      `user:${member.id}`,
      "rubbish",
      "environment:env_00000000",
    ]) {
      const answer = await call(listen, { token: stranger.token, path: `/api/v1/events?topics=${topic}` });
      expect([answer.status, answer.body.code], topic).toEqual([404, "not_found"]);
    }
    expect((await call(listen, { token: member.token, path: "/api/v1/events" })).status).toBe(422);
  });

  it("streams, and resumes by the last id", async () => {
    const topic = `project:${projectId}` as const;
    const first = await openStream(member.token, topic);
    await publishEvent(pooled, topic, "one", { n: 1 });
    await until(() => first.messages.length === 1);
    expect(first.messages[0]).toMatchObject({ topic, type: "one", data: { n: 1 } });
    first.close();
    await until(() => first.state.ended);
    await publishEvent(pooled, topic, "two");
    await publishEvent(pooled, topic, "three");
    const again = await openStream(member.token, topic, { "last-event-id": first.messages[0]?.id ?? "" });
    await until(() => again.messages.some((one) => one.type === "three"));
    // What the hub was about to deliver may come once more after the replay.
    expect([...new Set(again.messages.map((one) => one.type))]).toEqual(["two", "three"]);
    again.close();
  });

  it("loses nothing when a lower id commits after a higher one", async () => {
    const topic = `project:${projectId}` as const;
    let highId = "";
    await inTransaction(async (tx) => {
      await publishEvent(tx, topic, "slow");
      await publishEvent(pooled, topic, "quick");
      const [row] = await query<{ id: bigint }>("SELECT max(id) AS id FROM event");
      highId = String(row?.id);
    });
    const stream = await openStream(member.token, topic, { "last-event-id": highId });
    await until(() => stream.messages.some((one) => one.type === "slow"));
    stream.close();
  });

  it("ends when the token is revoked or the person leaves the project", async () => {
    const leaver = await makePerson("leaver", { projects: { [projectId]: "viewer" } });
    const stream = await openStream(leaver.token, `project:${projectId}`);
    await execute("DELETE FROM project_member WHERE user_id = $1", [leaver.id]);
    await publishEvent(pooled, `user:${leaver.id}`, "access.changed");
    await until(() => stream.state.ended);
    const own = await openStream(leaver.token, `user:${leaver.id}`);
    await execute("UPDATE api_token SET revoked_at = now() WHERE user_id = $1", [leaver.id]);
    await publishEvent(pooled, `user:${leaver.id}`, "access.revoked");
    await until(() => own.state.ended);
  });

  it("bounds the streams of one person and counts them down again", async () => {
    const busy = await makePerson("busy");
    const topic = `user:${busy.id}`;
    const streams: Awaited<ReturnType<typeof openStream>>[] = [];
    for (let index = 0; index < 24; index += 1) streams.push(await openStream(busy.token, topic));
    const over = await call(listen, { token: busy.token, path: `/api/v1/events?topics=${topic}` });
    expect(over.status).toBe(429);
    for (const stream of streams) stream.close();
    await until(() => streams.every((one) => one.state.ended));
    (await openStream(busy.token, topic)).close();
  });

  it("ends when the portal ends, and so does one that comes too late", async () => {
    const topic = `project:${projectId}`;
    const stream = await openStream(member.token, topic);
    await publishEvent(pooled, `project:${projectId}`, "before");
    await until(() => stream.messages.length === 1);
    expect(stream.state.ended).toBe(false);
    beginShutdown();
    try {
      await until(() => stream.state.ended, 1_000);
      const late = await openStream(member.token, topic);
      await until(() => late.state.ended, 1_000);
    } finally {
      resetShutdown();
    }
    const after = await openStream(member.token, topic);
    await publishEvent(pooled, `project:${projectId}`, "after");
    await until(() => after.messages.length === 1);
    after.close();
  });
});
