import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import { actorOf, createWorld, until, type World } from "../support/world";

/** Prints its secrets in every way programs do, then serves, or dies of it. */
const program = `
const all = [process.env.TOKEN, process.env.API_KEY, process.env.CONNECTION];
for (const secret of all) {
  console.log("plain " + secret);
  console.log("json " + JSON.stringify({ password: secret }));
  console.log("url /?a=" + encodeURIComponent(secret) + "&b=" + new URLSearchParams({ b: secret }));
  console.log("base64 " + Buffer.from(secret).toString("base64"));
  console.log("header " + Buffer.from("app:" + secret).toString("base64url"));
  console.log("hex " + Buffer.from(secret).toString("hex"));
  console.error("quoted '" + secret.replaceAll("'", "'\\\\''") + "'");
}
console.log("that was all");
if (process.env.DIE === "yes") process.exit(3);
require("http").createServer((q, s) => s.end("up")).listen(process.env.PORT, "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));`;
const apiKey = `k'3y "of" the &party/é+1`;

let world: World;
let runner: RunRunner;
let portal: typeof import("../support/portal");
const tokens: Record<string, string> = {};
const made: string[] = [];

beforeAll(async () => {
  world = await createWorld();
  portal = await import("../support/portal");
  await world.publish(
    "chatty",
    {
      web: {
        secrets: { token: { generate: 24 }, api: { parameter: "api" } },
        process: {
          program: "node",
          args: ["-e", program],
          ports: [8080],
          environment: {
            TOKEN: "${{ secrets.token }}",
            API_KEY: "${{ secrets.api }}",
            CONNECTION: "postgres://app:${{ secrets.token }}@db/app",
            DIE: "${{ parameters.die }}",
          },
        },
        outputs: { url: "postgres://app:${{ secrets.token }}@${{ self.host }}/app" },
      },
    },
    {
      parameters: {
        properties: {
          api: { type: "string", format: "secret" },
          die: { type: "string", default: "no" },
        },
      },
      actions: [
        {
          name: "tell",
          title: "Tell",
          component: "web",
          run: ["node", "-e", program.split('console.log("that')[0]],
        },
      ],
    },
  );
  await world.database.pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'machine', 'This machine', 'machine', $2, now())`,
    [newId("cloud"), JSON.stringify({ portRange: [21_760, 21_779] })],
  );
  for (const role of ["viewer", "approver", "developer", "owner"] as const) {
    tokens[role] = (await portal.makePerson(role, { projects: { [world.projectId]: role } })).token;
  }
  tokens.auditor = (await portal.makePerson("auditor", { orgRole: "auditor" })).token;
  tokens["owner with a token that reads"] = (
    await portal.makePerson("reader", { projects: { [world.projectId]: "owner" }, scopes: ["read"] })
  ).token;
  runner = await world.runner("test", { attemptMs: 30_000 });
});
afterAll(async () => {
  for (const environment of made) await submit({ kind: "destroy", environment });
  await runner?.stop(2_000);
  await world?.close();
});

async function submit(body: object) {
  const { submitRequest } = await import("@/lib/features/requests");
  const submitted = await submitRequest(await actorOf(world, "developer"), { reason: "", ...body } as never);
  runner.wake();
  const status = await until(
    async () => {
      const { rows } = await world.database.pool.query<{ status: string }>(
        "SELECT status::text AS status FROM request WHERE id = $1",
        [submitted.id],
      );
      return rows[0]?.status ?? "";
    },
    (one) => ["succeeded", "failed"].includes(one),
    60_000,
  );
  return { ...submitted, runId: submitted.runId ?? "", status };
}

async function create(name: string, die: string) {
  const ended = await submit({
    kind: "create",
    project: "team",
    template: "chatty",
    name,
    cloud: "machine",
    parameters: { api: apiKey, die },
  });
  made.push(ended.environmentId);
  return ended;
}

/** What no one may find in a text: each secret as programs write it. */
async function formsOf(environmentId: string): Promise<string[]> {
  const { loadEnvironment } = await import("@/lib/features/environments");
  const token = (await loadEnvironment(environmentId)).inputs.secrets.web?.token ?? "";
  expect(token).toHaveLength(24);
  return [token, apiKey].flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ b: secret }).toString().slice(2),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(`app:${secret}`).toString("base64url").slice(6, -3),
    Buffer.from(secret).toString("hex"),
    secret.replaceAll("'", "'\\''"),
  ]);
}

async function readLog(environmentId: string, token: string, follow: boolean): Promise<string> {
  const { GET } = await import("@/app/api/v1/environments/[id]/logs/route");
  const stop = new AbortController();
  const response = await portal.callRaw(GET, {
    path: `/api/v1/environments/${environmentId}/logs?component=web&follow=${follow}`,
    params: { id: environmentId },
    token,
    signal: stop.signal,
  });
  expect(response.status).toBe(200);
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (follow && text.includes("that was all")) break;
  }
  stop.abort();
  return text
    .split("\n")
    .flatMap((line) =>
      line.startsWith("data: {") ? [(JSON.parse(line.slice(6)) as { text?: string }).text ?? ""] : [],
    )
    .join("\n");
}

function expectMasked(text: string, forms: readonly string[], where: string): void {
  for (const form of forms) expect(text, `${where}: ${form}`).not.toContain(form);
}

describe("what a workload prints", () => {
  let environmentId = "";
  let forms: string[] = [];

  it("is masked in the log for who may not reveal secrets, at once and followed; others see it as it is", async () => {
    const created = await create("chatty", "no");
    expect(created.status).toBe("succeeded");
    environmentId = created.environmentId;
    forms = await formsOf(environmentId);
    for (const follow of [false, true]) {
      for (const who of ["viewer", "approver", "auditor", "owner with a token that reads"]) {
        const text = await readLog(environmentId, tokens[who] ?? "", follow);
        expect(text, who).toContain("that was all");
        expect(text, who).toContain("plain •••");
        expectMasked(text, forms, `${who}, follow=${follow}`);
      }
      for (const who of ["developer", "owner"]) {
        const text = await readLog(environmentId, tokens[who] ?? "", follow);
        for (const form of forms.slice(0, 1)) expect(text, who).toContain(form);
      }
    }
  });

  it("is masked in the log of an action's run for everybody", async () => {
    const { runId, status } = await submit({ kind: "action", environment: environmentId, action: "tell" });
    expect(status).toBe("succeeded");
    const { GET } = await import("@/app/api/v1/runs/[id]/logs/route");
    for (const who of ["viewer", "developer", "owner"]) {
      const { body } = await portal.call(GET, {
        path: `/api/v1/runs/${runId}/logs`,
        params: { id: runId },
        token: tokens[who],
      });
      const text = JSON.stringify(body);
      expect(text).toContain("plain •••");
      expectMasked(
        text,
        forms.flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]),
        who,
      );
    }
  });

  it("stays masked when the secret was replaced since", async () => {
    const fresh = "a newer key of the party";
    const changed = await submit({
      kind: "update",
      environment: environmentId,
      parameters: { api: fresh },
    });
    expect(changed.status).toBe("succeeded");
    const text = await readLog(environmentId, tokens.viewer ?? "", false);
    expectMasked(text, [...forms, fresh], "after rotation");
    const seen = await readLog(environmentId, tokens.owner ?? "", false);
    expect(seen, "the log still holds both").toContain(apiKey);
    expect(seen).toContain(fresh);
  });

  it("is masked in the health, the incidents and the notifications of what dies", async () => {
    const { loadEnvironment } = await import("@/lib/features/environments");
    const { connectionFor } = await import("@/lib/features/clouds");
    const { inspectEnvironment } = await import("@/lib/features/monitoring/observe");
    const context = await loadEnvironment(environmentId);
    const cloudId = context.row.placement.web?.cloudId ?? "";
    const connection = await connectionFor(cloudId);
    const ref = { environmentId, environmentName: "chatty", component: "web" };
    // Drivers may quote a component's last words; whatever one says passes here.
    const token = forms[0] ?? "";
    const observe = connection.observe.bind(connection);
    connection.observe = async (one) => {
      const seen = await observe(one);
      return seen.present ? { ...seen, status: "failed", message: `it said ${token} and ${apiKey}` } : seen;
    };
    await inspectEnvironment(ref.environmentId, true);
    connection.observe = observe;
    const { rows } = await world.database.pool.query<{ said: string }>(
      `SELECT concat_ws(' ', health_message, (SELECT string_agg(i.summary || i.actions::text, ' ') FROM incident i),
         (SELECT string_agg(q.reason || q.message, ' ') FROM request q),
         (SELECT string_agg(r.health_message, ' ') FROM resource r),
         (SELECT string_agg(n.title || n.body, ' ') FROM notification n)) AS said FROM environment WHERE id = $1`,
      [environmentId],
    );
    expect(rows[0]?.said).toContain("it said ••• and •••");
    expectMasked(rows[0]?.said ?? "", forms, "what was written down");
  });
});

it("masks the last words in the errors of a run, its steps, its log, the request and the notification", async () => {
  const { environmentId, runId, status } = await create("dying", "yes");
  expect(status).toBe("failed");
  const forms = await formsOf(environmentId);
  const { rows } = await world.database.pool.query<Record<string, string>>(
    `SELECT u.error::text AS run, (SELECT string_agg(s.error::text, ' ') FROM step s WHERE s.run_id = u.id) AS steps,
       (SELECT string_agg(l.text, ' ') FROM step_log l WHERE l.run_id = u.id) AS log,
       (SELECT q.message FROM request q WHERE q.id = u.request_id) AS request,
       (SELECT string_agg(n.body, ' ') FROM notification n) AS notification,
       (SELECT string_agg(e.payload::text, ' ') FROM event e) AS events,
       (SELECT string_agg(a.detail::text, ' ') FROM audit_event a) AS audit
     FROM run u WHERE u.id = $1`,
    [runId],
  );
  for (const [where, text] of Object.entries(rows[0] ?? {})) {
    expectMasked(
      text ?? "",
      forms.flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]),
      where,
    );
  }
  for (const where of ["run", "steps", "log", "request", "notification"]) {
    expect(rows[0]?.[where], where).toContain("•••");
  }
});

it("stores no word of what an environment says while one of its secrets can’t be decrypted, and says why", async () => {
  const { withheldText } = await import("@/lib/features/environments");
  const { environmentId } = await create("lost-key", "no");
  await world.database.pool.query(
    "INSERT INTO former_secret (id, environment_id, shape, sealed) VALUES ('lost', $1, 'value', 'v1.00000000.AAAA.AAAA')",
    [environmentId],
  );
  const told = await submit({ kind: "action", environment: environmentId, action: "tell" });
  expect(told.status, "steps continue as they would").toBe("succeeded");
  const changed = await submit({ kind: "update", environment: environmentId, parameters: { die: "yes" } });
  expect(changed.status).toBe("failed");
  const { rows } = await world.database.pool.query<Record<string, string>>(
    `SELECT (SELECT string_agg(DISTINCT text, '|') FROM step_log WHERE run_id = ANY($2)) AS log,
       (SELECT error->>'message' FROM run WHERE id = $2[2]) AS error,
       (SELECT message FROM request WHERE id = $3 AND environment_id = $1) AS request,
       (SELECT string_agg(body, '|') FROM notification WHERE href = '/runs/' || $2[2]) AS notification`,
    [environmentId, [told.runId, changed.runId], changed.id],
  );
  expect(rows[0]?.log).toBe(withheldText);
  for (const where of ["error", "request", "notification"])
    expect(rows[0]?.[where], where).toContain(withheldText);
});
