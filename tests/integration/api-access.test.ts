import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeConnections } from "@/lib/features/clouds";
import { ensureFirstStart } from "@/lib/features/setup";
import { flushRefusals, resetRefusals } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { resetRateLimits } from "@/lib/platform/http";
import { closeQueues } from "@/lib/platform/queue";
import { seedDemo } from "@/prisma/seed/seed-demo";
import { type Case, casesOf, hasBody, nameOf, operations, type Things } from "../support/access/cases";
import { belongingsOf, type Identity, makeIdentities } from "../support/access/identities";
import { fingerprint, objectsOf, organizationObjects } from "../support/access/objects";
import type { TestDatabase } from "../support/database";
import { type HttpPortal, startHttpPortal } from "../support/http-portal";
import { makePerson, useTestPortal } from "../support/portal";

/**
 * Every operation of the API × everybody who can knock × what it is about (one's own, someone else's, nothing), over
 * HTTP. Who is let in comes from the permission table alone. One who is refused reads no name, changes nothing, and is in
 * the audit log.
 */

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-access-"));
let database: TestDatabase;
let portal: HttpPortal;
let identities: Identity[];
let things: Things;

beforeAll(async () => {
  database = await useTestPortal({
    DATA_DIR: dataDir,
    DEMO: "on",
    ADMIN_EMAIL: "root@test.example",
    TRUSTED_PROXIES: "loopback",
  });
  await ensureFirstStart(seedDemo);
  portal = await startHttpPortal();
  const projects = await query<{ id: string; slug: string }>("SELECT id, slug FROM project");
  const idOf = (slug: string) => projects.find((one) => one.slug === slug)?.id ?? "";
  const [here, elsewhere] = [idOf("data-platform"), idOf("payments")];
  identities = await makeIdentities(here, elsewhere, "http://localhost:3000");
  const another = await makePerson("another");
  const belongings = new Map<string, Awaited<ReturnType<typeof belongingsOf>>>();
  for (const { userId } of identities) if (userId) belongings.set(userId, await belongingsOf(userId));
  things = {
    projects: { here: await objectsOf(here), elsewhere: await objectsOf(elsewhere) },
    organization: await organizationObjects(),
    belongings,
    anothers: await belongingsOf(another.id),
    anotherUser: another.id,
  };
});
afterAll(async () => {
  await portal.close();
  await closeQueues();
  await closeConnections();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Answer {
  status: number;
  text: string;
  requestId: string;
}

async function send(identity: Identity, one: Case): Promise<Answer> {
  resetRateLimits();
  const { method } = one.operation;
  const cut = new AbortController();
  const body = one.body === undefined ? '"not what this wants"' : JSON.stringify(one.body);
  const response = await fetch(`${portal.url}${one.path}`, {
    method,
    headers: {
      "x-forwarded-for": identity.ip,
      // Cookies count at the portal's own host alone.
      "x-forwarded-host": "localhost:3000",
      ...identity.headers,
      ...(method !== "GET" && { "content-type": "application/json" }),
    },
    ...(method !== "GET" && { body }),
    signal: AbortSignal.any([cut.signal, AbortSignal.timeout(20_000)]),
  });
  const requestId = response.headers.get("x-request-id") ?? "";
  const live = response.headers.get("content-type")?.includes("event-stream") ?? false;
  const text = live ? "" : await response.text();
  if (live) cut.abort();
  return { status: response.status, text, requestId };
}

const figures = { calls: 0, refused: 0, recorded: 0, events: 0, allowed: 0 };
/** What is not as it should be: a walk tells all of it. */
const problems: string[] = [];
function demand(holds: boolean, problem: string): void {
  if (!holds) problems.push(problem);
}

const label = (identity: Identity, one: Case) => `${identity.name}: ${nameOf(one.operation)} (${one.about})`;

/** What a refused caller reads, without what every answer has of its own. */
function readable({ text, requestId }: Answer, { ids }: Case): string {
  // The longest first: a short id may be a part of the request's.
  const ignored = [requestId, ...ids, ...ids.map(encodeURIComponent)].filter(Boolean);
  ignored.sort((left, right) => right.length - left.length);
  return ignored.reduce((left, one) => left.replaceAll(one, "…"), text);
}

/** The identity's refused calls, each of which has to be in the audit log. */
async function knockInVain(identity: Identity): Promise<void> {
  const cases = casesOf(identity, things).filter((one) => !one.allowed && !one.undecided);
  const answers = new Map<string, { one: Case; answer: Answer }>();
  resetRefusals();
  for (const one of cases) {
    const answer = await send(identity, one);
    const said = `${label(identity, one)}: ${answer.status} ${answer.text.slice(0, 300)}`;
    demand((identity.grants === null ? [401] : [403, 404]).includes(answer.status), said);
    for (const name of one.names) demand(!readable(answer, one).includes(name), `${name} in ${said}`);
    answers.set(answer.requestId, { one, answer });
  }
  expect(answers.size).toBe(cases.length);
  hearAlike(identity, [...answers.values()]);
  figures.calls += cases.length;
  figures.refused += cases.length;
  figures.recorded += await countRecorded(identity, cases);
}

/** How many attempts the audit log knows of: each operation on each address exactly as often as it was refused. */
async function countRecorded(identity: Identity, cases: Case[]): Promise<number> {
  // Calls that differ in their body alone are repeats of one attempt: the log has their number when it is flushed.
  await flushRefusals();
  const rows = await query<{ operation: string; events: number; attempts: number }>(
    `SELECT split_part(detail->>'path', '?', 1) AS operation, count(*)::int AS events,
            sum(coalesce((detail->>'repeated')::int, 1))::int AS attempts
       FROM audit_event WHERE outcome = 'denied' AND ip = $1 AND actor_id IS NOT DISTINCT FROM $2 GROUP BY 1`,
    [identity.ip, identity.userId],
  );
  const expected = new Map<string, number>();
  for (const { operation, path } of cases) {
    const attempt = `${operation.method} ${path.split("?")[0]}`;
    expected.set(attempt, (expected.get(attempt) ?? 0) + 1);
  }
  const recorded = new Map(rows.map(({ operation, attempts }) => [operation, attempts]));
  for (const operation of new Set([...recorded.keys(), ...expected.keys()])) {
    const [known = 0, made = 0] = [recorded.get(operation), expected.get(operation)];
    demand(
      known === made,
      `${identity.name}: ${operation} was refused ${made} times, recorded ${known} times`,
    );
  }
  figures.events += rows.reduce((sum, { events }) => sum + events, 0);
  return rows.reduce((sum, { attempts }) => sum + attempts, 0);
}

/** What may not be seen is answered like what does not exist. */
function hearAlike(identity: Identity, answers: { one: Case; answer: Answer }[]): void {
  const unknown = answers.filter(({ one }) => one.about.startsWith("unknown"));
  const kind = (about: string) => (about.includes(":") ? about.split(": ")[1] : "");
  for (const { one, answer } of answers) {
    if (one.seen || !/^(here|elsewhere|another's|draft)/.test(one.about)) continue;
    const alike = unknown.find(
      (other) => other.one.operation === one.operation && kind(other.one.about) === kind(one.about),
    );
    if (!alike) continue;
    const [heard, otherwise] = [readable(answer, one), readable(alike.answer, alike.one)];
    demand(answer.status === alike.answer.status, `${label(identity, one)}: not answered like nothing`);
    demand(heard === otherwise, `${label(identity, one)}: ${heard} is not ${otherwise}`);
  }
}

/** Writes of the whole organization whose body nothing checks are not sent: they would end demo data and sessions. */
function isHarmless({ operation, about }: Case): boolean {
  if (operation.method === "GET" || operation.handler.definition.schemas?.body) return true;
  return about === "here" || about === "elsewhere" || about === "mine";
}

it("knows what every operation is about, and a body that each write of a project accepts", () => {
  const admin = identities.find((one) => one.name === "administrator");
  if (!admin) throw new Error("No one administers.");
  for (const { operation, body } of casesOf(admin, things)) {
    const schema = operation.handler.definition.schemas?.body;
    if (!schema || body === undefined) continue;
    expect(schema.safeParse(body).success, nameOf(operation)).toBe(true);
  }
  const writes = operations.filter(
    ({ method, path, handler }) =>
      method !== "GET" &&
      handler.definition.schemas?.body &&
      /\/(environments|requests|runs|backups|projects)\/\{id\}\/./.test(path),
  );
  for (const operation of writes) expect(hasBody(operation), nameOf(operation)).toBe(true);
});

describe("every operation, about one's own, someone else's and nothing", () => {
  it("refuses whom the table does not name: nothing is read or changed, and each attempt is in the audit log", async () => {
    const before = await fingerprint();
    for (const identity of identities) await knockInVain(identity);
    expect(problems.splice(0)).toEqual([]);
    expect(await fingerprint()).toEqual(before);
  });

  it("lets in whom the table names", async () => {
    for (const identity of identities) {
      const cases = casesOf(identity, things).filter((one) => one.allowed && isHarmless(one));
      cases.sort(
        (left, right) => Number(left.operation.method !== "GET") - Number(right.operation.method !== "GET"),
      );
      for (const one of cases) {
        const { status, text } = await send(identity, await fresh(identity, one));
        const said = `${label(identity, one)}: ${status} ${text.slice(0, 300)}`;
        demand(![401, 403, 404].includes(status) && status < 500, said);
      }
      figures.calls += cases.length;
      figures.allowed += cases.length;
    }
    expect(problems).toEqual([]);
  });

  it("counts", () => {
    const { calls, refused, recorded, events, allowed } = figures;
    console.info(
      `Access over HTTP: ${operations.length} operations × ${identities.length} identities × ownership: ${calls} calls, ` +
        `${allowed} allowed, ${refused} refused, ${recorded} of them in the audit log (${events} events), ` +
        `${refused - recorded} missing.`,
    );
    expect(recorded).toBe(refused);
    expect(refused).toBeGreaterThan(2_000);
  });
});

/** The same call about things that earlier calls did not take away. */
async function fresh(identity: Identity, one: Case): Promise<Case> {
  const about = /^(here|elsewhere)/.exec(one.about)?.[1] as "here" | "elsewhere" | undefined;
  if (!about || one.operation.method === "GET") return one;
  const projectId = things.projects[about].projectId ?? "";
  things.projects[about] = await objectsOf(projectId);
  const again = casesOf(identity, things).find(
    (two) => two.operation === one.operation && two.about === one.about,
  );
  return again ?? one;
}
