import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { newId } from "@/lib/kernel/ids";
import { buildTemplates } from "@/scripts/build-templates";
import { hasDocker, startTestEngine, type TestEngine } from "../support/docker";
import { leftovers } from "../support/docker-cloud";
import { canBuildImages, ensureTestImage, nameImagesOfTemplates } from "../support/docker-images";
import { actorOf, createWorld, until, type World } from "../support/world";

const runs = (await hasDocker()) && canBuildImages();

/** The newcomer's template, as it ships, through the product's own way from request to run, in real containers. */
describe.skipIf(!runs)("a built-in template on the Docker cloud", () => {
  let engine: TestEngine;
  let world: World;
  let runner: RunRunner;
  let takeNamesAway: () => Promise<void>;
  const templates = mkdtempSync(join(tmpdir(), "rostrum-templates-"));

  beforeAll(async () => {
    engine = await startTestEngine();
    takeNamesAway = await nameImagesOfTemplates(engine.docker, {
      "postgres:17": "postgres",
      "node:22-slim": "node",
    });
    world = await createWorld();
    await addDockerCloud("docker");
    await addDockerCloud("strict", { allowedImages: ["postgres:*"], refuseRootUser: true });
    await buildTemplates(templates);
    const { syncBuiltinTemplates } = await import("@/lib/features/catalog");
    expect((await syncBuiltinTemplates(undefined, templates)).refused).toEqual([]);
    runner = await world.runner("test", { attemptMs: 120_000, leaseMs: 15_000, heartbeatMs: 3_000 });
  }, 240_000);
  afterAll(async () => {
    await runner?.stop(5_000);
    await world?.close();
    await takeNamesAway?.();
    await engine?.stop();
    rmSync(templates, { recursive: true, force: true });
  });

  async function addDockerCloud(name: string, more: Record<string, unknown> = {}): Promise<void> {
    const config = {
      ...engine.config,
      portRange: "24400-24449",
      balancerKind: "node",
      balancerImage: await ensureTestImage(engine.docker, "node"),
      ...more,
    };
    const id = newId("cloud");
    await world.database.pool.query(
      "INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, $2, $2, 'docker', $3, now())",
      [id, name, JSON.stringify(config)],
    );
    const { checkCloud } = await import("@/lib/features/clouds");
    expect(await checkCloud(id)).toMatchObject({ ok: true });
  }

  async function request(body: Record<string, unknown>) {
    const { submitRequest } = await import("@/lib/features/requests");
    const actor = await actorOf(world, "developer");
    const submitted = await submitRequest(actor, { reason: "test", ...body } as Parameters<
      typeof submitRequest
    >[1]);
    if (submitted.status === "pending_approval") {
      const { decideRequest, getRequest } = await import("@/lib/features/requests");
      const approver = await actorOf(world, "approver");
      const { plan } = await getRequest(approver, submitted.id);
      await decideRequest(approver, submitted.id, {
        decision: "approve",
        digest: plan?.digest ?? "",
        reason: "",
      });
    }
    runner.wake();
    const done = await until(
      async () => {
        const { rows } = await world.database.pool.query(
          `SELECT q.status::text, u.error->>'message' AS message,
             (SELECT json_agg(json_build_object(s.component, s.error)) FROM step s WHERE s.run_id = u.id) AS errors
           FROM request q LEFT JOIN run u ON u.request_id = q.id WHERE q.id = $1`,
          [submitted.id],
        );
        return rows[0] as { status: string };
      },
      ({ status }) => ["succeeded", "failed", "cancelled"].includes(status),
      180_000,
    );
    expect(done, JSON.stringify(done)).toMatchObject({ status: "succeeded" });
    return submitted;
  }

  async function addressOf(environmentId: string, component = "web"): Promise<string> {
    const { rows } = await world.database.pool.query(
      "SELECT address->>'url' AS url FROM resource WHERE environment_id = $1 AND component = $2",
      [environmentId, component],
    );
    return String(rows[0]?.url);
  }

  it("is planned with a warning of root, and refused where images or root are", async () => {
    const { prepareRequest } = await import("@/lib/features/requests");
    const actor = await actorOf(world, "developer");
    const plan = async (cloud: string) =>
      await prepareRequest(actor, {
        ...{ kind: "create", project: "team", template: "web-with-postgres", name: "planned", cloud },
        ...{ parameters: { size: "small" }, reason: "" },
      });
    const { verdicts } = await plan("docker");
    expect(verdicts.find((one) => one.policy === "cloud-warnings")).toMatchObject({
      effect: "warn",
      reason: "db runs as root in its container.",
    });
    const refused = await plan("strict").catch((error: Error) => error.message);
    expect(refused).toMatch(/refuses|isn't allowed on this cloud/);
  });

  it("runs, keeps what is typed over a change of size and replicas, and leaves nothing", async () => {
    const { environmentId } = await request({
      kind: "create",
      project: "team",
      template: "web-with-postgres",
      name: "board",
      cloud: "docker",
      parameters: { size: "small", title: "In containers" },
    });
    const url = await addressOf(environmentId);
    const page = async () => (await fetch(url)).text();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:244\d\d$/);
    expect(await page()).toContain("In containers");
    const entry = { author: "Ada", message: "kept in a real database" };
    const added = await fetch(`${url}/api/entries`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(entry),
    });
    expect(added.status).toBe(201);

    await request({
      kind: "update",
      environment: environmentId,
      parameters: { size: "medium", replicas: 2 },
    });
    expect(await addressOf(environmentId)).toBe(url);
    expect(await page()).toContain(entry.message);
    const filters = JSON.stringify({ label: [`rostrum.environment=${environmentId}`] });
    const names = (await engine.docker.listContainers({ filters })).map((one) => one.Names[0]);
    expect(names.filter((name) => name?.includes("web")).length).toBeGreaterThanOrEqual(3);

    await request({ kind: "stop", environment: environmentId });
    await expect(fetch(url)).rejects.toThrow();
    await request({ kind: "start", environment: environmentId });
    expect(await page()).toContain(entry.message);

    // The image of the test has no pg_dump: without a copy someone else approves.
    await request({ kind: "destroy", environment: environmentId, safetyBackup: false });
    expect(await leftovers(engine.docker, environmentId)).toEqual([]);
  }, 600_000);

  it("runs a service from an uploaded archive, as a user that owns nothing of it", async () => {
    const { createUpload } = await import("@/lib/features/catalog");
    const archive = pack();
    archive.entry({ name: "mine/package.json" }, '{"name":"mine","scripts":{"start":"node server.js"}}');
    archive.entry(
      { name: "mine/server.js" },
      "require('http').createServer((_, answer) => answer.end('mine, as ' + process.getuid())).listen(process.env.PORT)",
    );
    archive.finalize();
    const content = gzipSync(await buffer(archive));
    const upload = await createUpload(
      await actorOf(world, "developer"),
      { name: "mine.tar.gz", project: "team" },
      content,
    );
    const { environmentId } = await request({
      kind: "create",
      project: "team",
      template: "node-service",
      name: "mine",
      cloud: "docker",
      parameters: { source: "upload", archive: upload.id },
    });
    expect(await (await fetch(await addressOf(environmentId, "service"))).text()).toMatch(
      /^mine, as [1-9]\d*$/,
    );
    await request({ kind: "destroy", environment: environmentId });
    expect(await leftovers(engine.docker, environmentId)).toEqual([]);
  }, 300_000);
});
