import { describe, expect, it } from "vitest";
import { postForm, postJson, templateApps } from "@/tests/support/template-apps";
import { type RunningProgram, waitForAnswer } from "@/tests/support/template-programs";

const apps = templateApps();

describe("worker-queue", () => {
  async function startQueue(url: string, workers: number) {
    const api = await apps.start("worker-queue/api", ["server.mjs"], {
      DATABASE_URL: url,
      JOB_ATTEMPTS: "2",
    });
    const environment = { DATABASE_URL: url, WORKER_SLOTS: "2" };
    const started = Array.from({ length: workers }, () =>
      apps.start("worker-queue/worker", ["worker.mjs"], environment),
    );
    await waitForAnswer(`${api.url}/healthz`, 200);
    return { api, workers: await Promise.all(started) };
  }

  const stats = async (api: RunningProgram) => (await fetch(`${api.url}/api/stats`)).json();

  it("does every job once, tries failing ones again, and sets them aside in the end", async () => {
    const { url, pool } = await apps.createDatabase();
    const { api } = await startQueue(url, 2);
    expect((await postJson(`${api.url}/api/jobs`, { kind: "primes", count: 40, amount: 1_000 })).status).toBe(
      201,
    );
    await postJson(`${api.url}/api/jobs`, { kind: "flaky", count: 2, amount: 100 });
    await waitForAnswer(
      `${api.url}/api/stats`,
      200,
      (text) => JSON.parse(text).done === 40 && JSON.parse(text).failed === 2,
    );
    const { rows } = await pool.query("SELECT kind, attempts, result FROM jobs");
    for (const job of rows) {
      expect(job.attempts).toBe(job.kind === "primes" ? 1 : 2);
      expect(job.result).toBe(job.kind === "primes" ? "168 primes" : "the remote service returned 503");
    }
    const { lastMinute, workers } = await stats(api);
    expect(lastMinute).toBe(42);
    expect(workers.map((worker: { alive: boolean }) => worker.alive)).toEqual([true, true]);
    const page = await (await fetch(api.url)).text();
    for (const shown of ["168 primes", "2 of 2", "online"]) expect(page).toContain(shown);

    expect((await postForm(`${api.url}/jobs/clear`, {})).status).toBe(303);
    expect(await stats(api)).toMatchObject({ done: 0, failed: 0 });
    for (const wrong of [
      { kind: "nope" },
      { kind: "toString" },
      { kind: "wait", count: 0 },
      { kind: "wait", amount: 1e9 },
    ]) {
      expect((await postJson(`${api.url}/api/jobs`, wrong)).status, JSON.stringify(wrong)).toBe(422);
    }
  }, 60_000);

  it("starts a queued job at once, gives back what it cannot finish, and takes over from the dead", async () => {
    const { url, pool } = await apps.createDatabase();
    const { api, workers } = await startQueue(url, 1);
    await waitForAnswer(`${api.url}/api/stats`, 200, (text) => text.includes('"alive":true'));
    await postJson(`${api.url}/api/jobs`, { kind: "wait", amount: 1 });
    await waitForAnswer(`${api.url}/api/stats`, 200, (text) => JSON.parse(text).done === 1, 1_500);

    await postJson(`${api.url}/api/jobs`, { kind: "wait", amount: 15_000 });
    await waitForAnswer(`${api.url}/api/stats`, 200, (text) => JSON.parse(text).running === 1);
    workers[0]?.kill("SIGTERM");
    expect(await workers[0]?.ended()).toBe(0);
    const state = "SELECT state, attempts, worker FROM jobs WHERE id = 2";
    expect((await pool.query(state)).rows).toEqual([{ state: "queued", attempts: 0, worker: null }]);

    // A worker killed outright leaves a lease; another takes the job when it ends.
    await pool.query(
      "UPDATE jobs SET state = 'running', worker = 'dead', attempts = 1, amount = 5, lease_until = now() WHERE id = 2",
    );
    await apps.start("worker-queue/worker", ["worker.mjs"], { DATABASE_URL: url });
    await waitForAnswer(`${api.url}/api/stats`, 200, (text) => JSON.parse(text).done === 2);
    expect((await pool.query(state)).rows[0]).toMatchObject({ state: "done", attempts: 2 });
  }, 60_000);

  it("queues jobs as an action", async () => {
    const { url, pool } = await apps.createDatabase();
    const action = apps.run("worker-queue/api", ["enqueue.mjs", "flaky", "20"], { DATABASE_URL: url });
    expect(action.stdout).toContain("Queued 20 jobs, 1 to 20.");
    expect((await pool.query("SELECT count(*)::int AS n FROM jobs")).rows).toEqual([{ n: 20 }]);
  }, 60_000);
});
