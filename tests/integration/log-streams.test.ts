import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { GET as logs } from "@/app/api/v1/environments/[id]/logs/route";
import { GET as listen } from "@/app/api/v1/events/route";
import {
  DELETE as removeMember,
  PATCH as updateMember,
} from "@/app/api/v1/projects/[id]/members/[userId]/route";
import { DELETE as endOthers } from "@/app/api/v1/sessions/route";
import { DELETE as revokeToken } from "@/app/api/v1/tokens/[id]/route";
import { PATCH as updateUser } from "@/app/api/v1/users/[id]/route";
import { simulatedDriver } from "@/lib/clouds/simulated";
import { closeConnections } from "@/lib/features/clouds";
import { newId } from "@/lib/kernel/ids";
import type { ProjectRole } from "@/lib/kernel/permissions";
import { hashPassword, seal } from "@/lib/platform/crypto";
import { execute, query } from "@/lib/platform/db";
import { BrowserSession } from "../support/browser-session";
import type { TestDatabase } from "../support/database";
import { insertEnvironment } from "../support/environment-row";
import { call, callRaw, makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";

const secret = "S3cretS3cretS3cret";
let database: TestDatabase;
let projectId: string;
let environmentId: string;
let admin: TestPerson;

/** A log of the simulated cloud is over at once: this one continues, a line every 20 ms. */
function keepTalking(): void {
  const open = simulatedDriver.open;
  vi.spyOn(simulatedDriver, "open").mockImplementation(async (...given) => ({
    ...(await open(...given)),
    logs: async function* (_ref, { signal }) {
      for (let n = 0; !signal.aborted; n += 1) {
        yield { at: new Date(), stream: "stdout" as const, text: `line ${n} ${secret}` };
        await sleep(20);
      }
    },
  }));
}

beforeAll(async () => {
  database = await useTestPortal();
  projectId = await makeProject("alpha");
  admin = await makePerson("root", { orgRole: "admin" });
  environmentId = await makeEnvironment();
  keepTalking();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await closeConnections();
  await database.drop();
});

async function makeEnvironment(): Promise<string> {
  const id = await insertEnvironment(projectId, admin.id);
  const cloudId = newId("cloud");
  await execute(
    "INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'sim', 'Sim', 'simulated', '{}', now())",
    [cloudId],
  );
  await execute(
    "INSERT INTO resource (id, environment_id, component, cloud_id, kind, external_id, status, desired_digest, updated_at) VALUES ($1, $2, 'web', $3, 'process', '', 'running', '', now())",
    [newId("resource"), id, cloudId],
  );
  await execute(
    "INSERT INTO environment_secret (environment_id, component, name, sealed) VALUES ($1, '', 'key', $2)",
    [id, seal(JSON.stringify(secret), `environment:${id}`)],
  );
  return id;
}

interface Following {
  lines: string[];
  ended: boolean;
  close: () => void;
}

async function follow(headers: Record<string, string>): Promise<Following> {
  const abort = new AbortController();
  const response = await callRaw(logs, {
    path: `/api/v1/environments/${environmentId}/logs?component=web`,
    params: { id: environmentId },
    headers,
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  const state: Following = { lines: [], ended: false, close: () => abort.abort() };
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      state.lines.push(decoder.decode(chunk));
    }
    state.ended = true;
  };
  void read().catch(() => {
    state.ended = true;
  });
  return state;
}

const bearer = ({ token }: TestPerson) => ({ authorization: `Bearer ${token}` });

async function until(condition: () => boolean, limitMs = 3_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error("It did not happen in time.");
    await sleep(5);
  }
}

let people = 0;
async function newMember(role: ProjectRole): Promise<TestPerson> {
  people += 1;
  return await makePerson(`member-${people}`, { projects: { [projectId]: role } });
}

async function signedIn(person: TestPerson): Promise<BrowserSession> {
  const password = "a long enough password";
  await execute("UPDATE app_user SET password_hash = $2 WHERE id = $1", [
    person.id,
    await hashPassword(password),
  ]);
  const browser = new BrowserSession();
  expect(await browser.signIn("credentials", { email: person.email, password })).toBeNull();
  return browser;
}

describe("a followed log", () => {
  const asAdmin = async (
    handler: unknown,
    method: string,
    params: Record<string, string>,
    body?: unknown,
  ) => {
    const { status } = await call(handler, { method, token: admin.token, params, body });
    expect(status).toBeLessThan(300);
  };
  const ends: Record<string, (person: TestPerson) => Promise<void>> = {
    "the person is disabled": async ({ id }) =>
      await asAdmin(updateUser, "PATCH", { id }, { disabled: true }),
    "the membership ends": async ({ id: userId }) =>
      await asAdmin(removeMember, "DELETE", { id: projectId, userId }),
    "the token is revoked": async ({ id, token }) => {
      const [row] = await query<{ id: string }>("SELECT id FROM api_token WHERE user_id = $1", [id]);
      await call(revokeToken, { method: "DELETE", token, params: { id: row?.id ?? "" } });
    },
  };
  for (const [why, revoke] of Object.entries(ends)) {
    it(`ends when ${why}`, async () => {
      const person = await newMember("owner");
      const log = await follow(bearer(person));
      await until(() => log.lines.length > 3);
      await revoke(person);
      await until(() => log.ended);
      expect(log.lines.join("")).not.toContain("event: end");
    });
  }

  it("ends when its session signs out, here or from elsewhere", async () => {
    const person = await newMember("viewer");
    const here = await signedIn(person);
    const there = await signedIn(person);
    const mine = await follow({ cookie: here.cookieHeader });
    const theirs = await follow({ cookie: there.cookieHeader });
    await until(() => mine.lines.length > 3 && theirs.lines.length > 3);
    await call(endOthers, {
      method: "DELETE",
      headers: { cookie: here.cookieHeader, origin: here.origin },
    });
    await until(() => theirs.ended);
    expect(mine.ended).toBe(false);
    await here.signOut();
    await until(() => mine.ended);
  });

  it("masks from the moment its reader is demoted", async () => {
    const person = await newMember("owner");
    const log = await follow(bearer(person));
    await until(() => log.lines.join("").includes(secret));
    await asAdmin(updateMember, "PATCH", { id: projectId, userId: person.id }, { role: "viewer" });
    await until(() => log.lines.at(-1)?.includes("•••") === true);
    const from = log.lines.length;
    await until(() => log.lines.length > from + 10);
    expect(log.lines.slice(from).join("")).not.toContain(secret);
    expect(log.ended).toBe(false);
    log.close();
    await until(() => log.ended);
  });

  it("ends when a role of the whole organization is taken away", async () => {
    const person = await makePerson("auditing", { orgRole: "auditor" });
    const log = await follow(bearer(person));
    await until(() => log.lines.length > 3);
    await asAdmin(updateUser, "PATCH", { id: person.id }, { orgRole: null });
    await until(() => log.ended);
  });

  it("counts with the person's other streams, and gives its place back", async () => {
    const person = await newMember("viewer");
    const open: Following[] = [];
    for (let n = 0; n < 24; n += 1) open.push(await follow(bearer(person)));
    const path = `/api/v1/environments/${environmentId}/logs?component=web`;
    const another = { path, params: { id: environmentId }, token: person.token };
    expect((await call(logs, another)).status).toBe(429);
    const events = { path: `/api/v1/events?topics=user:${person.id}`, token: person.token };
    expect((await call(listen, events)).status).toBe(429);
    for (const one of open) one.close();
    await until(() => open.every((one) => one.ended));
    const refused = { ...another, path: `/api/v1/environments/${environmentId}/logs?component=none` };
    for (let n = 0; n < 30; n += 1) expect((await call(logs, refused)).status).toBe(404);
    (await follow(bearer(person))).close();
  });

  it("waits for a reader that does not read", async () => {
    let made = 0;
    const { openLineStream } = await import("@/lib/features/live");
    const { findTokenActor } = await import("@/lib/platform/auth");
    const person = await newMember("viewer");
    const actor = await findTokenActor(person.token, { requestId: "request-1", ip: "" });
    if (!actor) throw new Error("no actor");
    const request = new Request("http://localhost:3000/", { headers: bearer(person) });
    const open = async () =>
      (async function* () {
        for (; made < 100_000; made += 1) yield { n: made };
      })();
    const response = await openLineStream({ actor, request, topic: `environment:${environmentId}`, open });
    await sleep(200);
    expect(made).toBeLessThan(1_000);
    await response.body?.cancel();
  });
});
