import {
  type BackendClasses,
  createPostgresBackend,
  getDefaultBackendFactory,
  type IQueueBackend,
  type Job,
  runMigrations,
  setDefaultBackendFactory,
  type WorkerOptions,
  withBackend,
} from "bullmq";
import pg from "pg";
import { getConfig } from "../config";
import { getDatabaseUrl } from "../db";
import { rowsOn, signOfLife } from "../db/builder";
import { moduleLog } from "../log";
import { connectRedis, type Redis } from "../redis";
import { openSpans, type Spans } from "../telemetry";

/** One failed command of a producer fails fast: the sweeper finds the work, no one waits for a broken queue. */
const producerRedisOptions = { maxRetriesPerRequest: 1, connectTimeout: 2_000, commandTimeout: 2_000 };
const schema = "bullmq";
const poolSize = 32;

/** Where the jobs are: connections of one of the two kinds. */
type Link = pg.Pool | Redis;
type Classes = BackendClasses<IQueueBackend, Link>;
export type JobQueue = InstanceType<Classes["Queue"]>;
export type JobWorker = InstanceType<Classes["Worker"]>;
/** What BullMQ hands to a worker. */
export type TakenJob = Pick<Job<unknown>, "name" | "data">;

export interface Backend {
  kind: "redis" | "postgres";
  queue(name: string): JobQueue;
  /** @throws when its server does not answer */
  ping(): Promise<void>;
  worker(name: string, process: (job: TakenJob) => Promise<void>, options: BackendWorkerOptions): JobWorker;
  close(): Promise<void>;
}

export type BackendWorkerOptions = Pick<
  WorkerOptions,
  "concurrency" | "lockDuration" | "stalledInterval" | "drainDelay"
>;

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
  const spans = await openSpans();
  return redisUrl ? openRedis(redisUrl, spans) : await openPostgres(getDatabaseUrl(), spans);
}

function openRedis(url: string, spans: Spans | null): Backend {
  setDefaultBackendFactory();
  const { Queue, Worker } = chosenClasses();
  const telemetry = spans ? { telemetry: spans.telemetry } : {};
  const producer = connectRedis(url, producerRedisOptions, { module: "queue" });
  const consumers: Redis[] = [];
  return {
    kind: "redis",
    ping: async () => void (await producer.ping()),
    queue: (name) =>
      new Queue<unknown, unknown>(name, { connection: producer, ...queueOptions, ...telemetry }),
    worker: (name, process, options) => {
      // A worker waits for messages for ever, so its commands must not give up.
      const connection = connectRedis(url, { maxRetriesPerRequest: null }, { module: "queue" });
      consumers.push(connection);
      return new Worker<unknown, unknown>(name, process, {
        connection,
        autorun: true,
        ...options,
        ...telemetry,
      });
    },
    close: async () => {
      for (const connection of [producer, ...consumers]) connection.disconnect();
      await spans?.close();
    },
  };
}

/** BullMQ's classes on the backend that was chosen last, with the types of our connections. */
function chosenClasses(): Classes {
  return withBackend(getDefaultBackendFactory<IQueueBackend, Link>());
}

async function openPostgres(url: string, spans: Spans | null): Promise<Backend> {
  setDefaultBackendFactory(createPostgresBackend);
  const { Queue, Worker } = chosenClasses();
  const telemetry = spans ? { telemetry: spans.telemetry } : {};
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
  // Every queue and worker listens for errors of the pool, and there are more than the ten that Node finds suspicious.
  pool.setMaxListeners(0);
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
    ping: async () => void (await rowsOn(pool, signOfLife)),
    queue: (name) => new Queue<unknown, unknown>(name, { connection: pool, ...queueOptions, ...telemetry }),
    worker: (name, process, options) =>
      new Worker<unknown, unknown>(name, process, {
        connection: pool,
        autorun: true,
        ...options,
        ...telemetry,
      }),
    close: async () => {
      await pool.end();
      await spans?.close();
    },
  };
}
