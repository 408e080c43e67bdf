import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunLimits, RunRunner } from "@/lib/engine/run";
import { createTestDatabase, type TestDatabase } from "./database";

/** Limits that make a lost lease show within a second. */
export const quickLimits: RunLimits = {
  leaseMs: 1_500,
  heartbeatMs: 300,
  attemptMs: 5_000,
  stepAttempts: 4,
  backoffBaseMs: 20,
  backoffCapMs: 200,
  parkAfterMs: 400,
  cancelGraceMs: 500,
  cloudWaitMs: 60_000,
  cloudRetryMs: 500,
};

/** Everything a request needs: a database, a project with people, a priced simulated cloud. */
export interface World {
  database: TestDatabase;
  dataDir: string;
  cloudId: string;
  projectId: string;
  developerId: string;
  approverId: string;
  /** Publishes a version of a template made of these components (YAML below `components:` as an object). */
  publish(name: string, components: Record<string, unknown>, spec?: Record<string, unknown>): Promise<string>;
  runner(workerId?: string, limits?: Partial<RunLimits>): Promise<RunRunner>;
  close(): Promise<void>;
}

export interface WorldOptions {
  cloudConfig?: Record<string, unknown>;
  /** Connect here instead of making a database. */
  database?: TestDatabase;
  project?: Partial<{
    approvalLimit: number;
    quotaCpu: number;
    quotaEnvironments: number;
    maxLeaseDays: number;
  }>;
}

/**
 * Sets the process's configuration to a fresh database and data directory and fills in an organization. The product's
 * modules read the configuration once, so they are loaded here and only one world may exist per process.
 */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const database = options.database ?? (await createTestDatabase());
  const dataDir = mkdtempSync(join(tmpdir(), "rostrum-world-"));
  Object.assign(process.env, {
    DATABASE_URL: database.appUrl,
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env.LOG_LEVEL ?? "silent",
    ROSTRUM_KEY: randomBytes(32).toString("base64"),
    DB_POOL_SIZE: "10",
  });
  const ids = await fill(database, options);
  return {
    database,
    dataDir,
    ...ids,
    publish: (name, components, spec) => publishTemplate(database, name, components, spec),
    runner: startRunner,
    close: async () => {
      const { closeDb } = await import("@/lib/platform/db");
      const { closeConnections } = await import("@/lib/features/clouds");
      const { closeQueues } = await import("@/lib/platform/queue");
      await closeConnections();
      await closeQueues();
      await closeDb();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function fill(database: TestDatabase, options: WorldOptions) {
  const { newId } = await import("@/lib/kernel/ids");
  const ids = {
    cloudId: newId("cloud"),
    projectId: newId("project"),
    developerId: newId("user"),
    approverId: newId("user"),
  };
  const costCenterId = newId("costCenter");
  const priceBookId = newId("priceBook");
  const { pool } = database;
  const project = {
    approvalLimit: 100,
    quotaCpu: 10_000,
    quotaEnvironments: 10_000,
    maxLeaseDays: 90,
    ...options.project,
  };
  await pool.query(
    `INSERT INTO app_user (id, email, name, updated_at) VALUES ($1, 'dev@example.test', 'Dev', now()),
       ($2, 'approver@example.test', 'Approver', now())`,
    [ids.developerId, ids.approverId],
  );
  await pool.query("INSERT INTO cost_center (id, code, name) VALUES ($1, 'CC-1', 'Cost center')", [
    costCenterId,
  ]);
  await pool.query(
    `INSERT INTO project (id, slug, name, cost_center_id, approval_limit, quota_cpu, quota_environments, max_lease_days,
       currency, updated_at) VALUES ($1, 'team', 'Team', $2, $3, $4, $5, $6, 'EUR', now())`,
    [
      ids.projectId,
      costCenterId,
      project.approvalLimit,
      project.quotaCpu,
      project.quotaEnvironments,
      project.maxLeaseDays,
    ],
  );
  await pool.query(
    "INSERT INTO project_member (project_id, user_id, role) VALUES ($1, $2, 'developer'), ($1, $3, 'approver')",
    [ids.projectId, ids.developerId, ids.approverId],
  );
  await pool.query(
    "INSERT INTO price_book (id, name, currency, is_default) VALUES ($1, 'Standard', 'EUR', true)",
    [priceBookId],
  );
  for (const [meter, unit, price] of [
    ["cpu", "Core-Hours", "0.02"],
    ["memory", "GiB-Hours", "0.004"],
    ["storage", "GiB-Hours", "0.0001"],
  ]) {
    await pool.query(
      "INSERT INTO price (id, price_book_id, meter, unit, unit_price, valid_from) VALUES ($1, $2, $3, $4, $5, '2020-01-01')",
      [newId("price"), priceBookId, meter, unit, price],
    );
  }
  await pool.query(
    `INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, 'sim', 'Simulated', 'simulated', $2, now())`,
    [ids.cloudId, JSON.stringify(options.cloudConfig ?? {})],
  );
  return ids;
}

async function publishTemplate(
  database: TestDatabase,
  name: string,
  components: Record<string, unknown>,
  spec: Record<string, unknown> = {},
): Promise<string> {
  const { stringify } = await import("yaml");
  const { parseManifest, manifestSchema } = await import("@/lib/engine/template");
  const { newId } = await import("@/lib/kernel/ids");
  const document = {
    apiVersion: "rostrum.dev/v1",
    kind: "Template",
    metadata: { name, title: name },
    spec: { version: "1.0.0", ...spec, components },
  };
  const source = stringify(document);
  const manifest =
    Object.keys(components).length > 200 ? manifestSchema.parse(document) : parsed(parseManifest(source));
  const templateId = newId("template");
  const versionId = newId("templateVersion");
  const version = String(spec.version ?? "1.0.0");
  await database.pool.query(
    "INSERT INTO template (id, name, title, updated_at) VALUES ($1, $2, $2, now()) ON CONFLICT (name) DO NOTHING",
    [templateId, name],
  );
  await database.pool.query(
    `INSERT INTO template_version (id, template_id, version, status, source, manifest, digest, published_at)
     SELECT $1, id, $3, 'published', $4, $5, $1, now() FROM template WHERE name = $2`,
    [versionId, name, version, source, JSON.stringify(manifest)],
  );
  return versionId;
}

function parsed(result: ReturnType<typeof import("@/lib/engine/template").parseManifest>) {
  if (result.ok) return result.manifest;
  throw new Error(
    result.problems.map((problem) => `${problem.line}: ${problem.path} ${problem.message}`).join("\n"),
  );
}

async function startRunner(workerId = "test", limits: Partial<RunLimits> = {}): Promise<RunRunner> {
  const { RunRunner } = await import("@/lib/engine/run");
  const { PostgresRunStore } = await import("@/lib/engine/run/postgres");
  const { EnvironmentExecutor } = await import("@/lib/features/runs");
  const { getPool, inTransaction } = await import("@/lib/platform/db");
  const runner: RunRunner = new RunRunner({
    store: new PostgresRunStore(getPool(), inTransaction),
    workerId,
    executor: new EnvironmentExecutor(),
    limits: { ...quickLimits, ...limits },
    maxRuns: 64,
    wakeAt: (_runId, at) => void setTimeout(() => runner.wake(), Math.max(0, at.getTime() - Date.now()) + 5),
    onError: (message, error) => {
      if (process.env.DEBUG_RUNNER) console.error(message, error);
    },
  });
  runner.start();
  return runner;
}

/** An actor as the API would make it for a person of the world's project. */
export async function actorOf(world: World, who: "developer" | "approver") {
  const userId = who === "developer" ? world.developerId : world.approverId;
  return {
    userId,
    name: who,
    email: `${who}@example.test`,
    orgRole: null,
    projects: new Map([[world.projectId, who]]),
    via: "token" as const,
    scopes: null,
    credentialId: null,
    requestId: "test",
    ip: "127.0.0.1",
    isDemo: false,
  };
}

/** Waits until a condition holds, looking often; fails with what was seen last. */
export async function until<T>(
  look: () => Promise<T>,
  holds: (value: T) => boolean,
  timeoutMs = 15_000,
  everyMs = 25,
): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (Date.now() > endMs) throw new Error(`Still not so after ${timeoutMs} ms: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
