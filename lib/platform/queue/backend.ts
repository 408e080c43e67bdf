import { createPostgresBackend, Queue, runMigrations, Worker, type WorkerOptions } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { getConfig } from "../config";
import { getDatabaseUrl } from "../db";
import { moduleLog } from "../log";

/** One failed command of a producer fails fast: the sweeper finds the work, nobody waits for a broken queue. */
const producerRedisOptions = { maxRetriesPerRequest: 1, connectTimeout: 2_000, commandTimeout: 2_000 };
const schema = "bullmq";
const poolSize = 24;

export interface Backend {
  kind: "redis" | "postgres";
  queue(name: string): Queue;
  /** @throws when its server does not answer */
  ping(): Promise<void>;
  worker(name: string, process: (data: unknown) => Promise<void>, options: BackendWorkerOptions): Worker;
  close(): Promise<void>;
}

export type BackendWorkerOptions = Pick<WorkerOptions, "concurrency" | "lockDuration" | "stalledInterval">;

const queueOptions = {
  defaultJobOptions: {
    // What is done stands in our own tables. Keeping the newest would also make workers that finish at the same moment
    // clear away the same rows, each waiting for the other.
    removeOnComplete: true,
    removeOnFail: { count: 500, age: 7 * 24 * 3_600 },
  },
};

/** BullMQ on Redis where `REDIS_URL` is set, else on its own schema in our PostgreSQL. */
export async function openBackend(): Promise<Backend> {
  const { redisUrl } = getConfig();
  return redisUrl ? openRedis(redisUrl) : await openPostgres(getDatabaseUrl());
}

function openRedis(url: string): Backend {
  const producer = watched(new Redis(url, producerRedisOptions));
  const consumers: Redis[] = [];
  return {
    kind: "redis",
    ping: async () => void (await producer.ping()),
    queue: (name) => new Queue(name, { connection: producer, ...queueOptions }),
    worker: (name, process, options) => {
      // A worker waits for messages for ever, so its commands must not give up.
      const connection = watched(new Redis(url, { maxRetriesPerRequest: null }));
      consumers.push(connection);
      return new Worker(name, (job) => process(job.data), { connection, autorun: true, ...options });
    },
    close: async () => {
      for (const connection of [producer, ...consumers]) connection.disconnect();
    },
  };
}

function watched(connection: Redis): Redis {
  let lastLoggedMs = 0;
  connection.on("error", (error) => {
    // ioredis repeats the error with every try; once in ten seconds says it all.
    if (Date.now() - lastLoggedMs < 10_000) return;
    lastLoggedMs = Date.now();
    moduleLog("queue").warn({ err: error }, "Redis is not responding");
  });
  return connection;
}

async function openPostgres(url: string): Promise<Backend> {
  // A pool of its own: BullMQ's statements rely on the search path, and every worker keeps one connection listening.
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    options: `-c search_path=${schema}`,
    application_name: "rostrum queue",
    keepAlive: true,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
  });
  pool.on("error", (error) => moduleLog("queue").warn({ err: error }, "idle queue connection lost"));
  // A lent connection that breaks between two statements would end the process; its next statement fails anyway.
  pool.on("connect", (connected) => connected.on("error", () => {}));
  const client = await pool.connect();
  try {
    await runMigrations(client, schema);
  } catch (error) {
    client.release(true);
    await pool.end();
    throw error;
  }
  client.release();
  return {
    kind: "postgres",
    ping: async () => void (await pool.query("SELECT 1")),
    queue: (name) =>
      new Queue(name, { connection: pool, ...queueOptions }, createPostgresBackend) as unknown as Queue,
    worker: (name, process, options) =>
      new Worker(
        name,
        (job) => process(job.data),
        { connection: pool, autorun: true, ...options },
        createPostgresBackend,
      ) as unknown as Worker,
    close: async () => await pool.end(),
  };
}
