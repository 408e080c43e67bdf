import pg from "pg";
import { getDatabaseUrl } from "../db";
import { moduleLog } from "../log";
import { type EventRow, findNewestEventId, listEventsAfter, listEventsById } from "./store";

/** An event as a listener gets it. Ids grow, but not strictly in the order of commits. */
export interface LiveEvent {
  id: string;
  topic: string;
  kind: string;
  payload: Record<string, unknown>;
  at: string;
}

type Listener = (event: LiveEvent) => void;

const channel = "rostrum_event";
const retryMs = 500;
const retryLimitMs = 5_000;

/**
 * One LISTEN connection per process, handing events to the subscribers of their topic. After a lost connection it
 * reconnects and replays what was missed, so a listener may hear an event twice but never not at all.
 */
export class EventHub {
  private readonly listeners = new Map<string, Set<Listener>>();
  private client: pg.Client | undefined;
  private starting: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private waiting = new Set<string>();
  private flushing = false;
  private lastId = 0n;
  private closed = false;

  /** Calls `listener` for every event of the topics until the returned function is called. Resolves once listening. */
  async subscribe(topics: readonly string[], listener: Listener): Promise<() => void> {
    for (const topic of topics) {
      const known = this.listeners.get(topic) ?? new Set();
      this.listeners.set(topic, known.add(listener));
    }
    await this.start();
    return () => {
      for (const topic of topics) {
        const known = this.listeners.get(topic);
        known?.delete(listener);
        if (known?.size === 0) this.listeners.delete(topic);
      }
    };
  }

  /** The newest event heard of, at most. Zero when there is none yet, or while the database cannot be listened to. */
  async position(): Promise<bigint> {
    await this.start();
    return this.lastId;
  }

  /** Ends the connection; later subscriptions open it again. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    const client = this.client;
    this.client = undefined;
    this.starting = undefined;
    await client?.end().catch((error) => moduleLog("events").debug({ err: error }, "closing the listener"));
  }

  private async start(): Promise<void> {
    this.closed = false;
    this.starting ??= this.connect().catch((error) => {
      moduleLog("events").warn({ err: error }, "can't listen for events; retrying");
      this.reconnectSoon(retryMs);
    });
    await this.starting;
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: getDatabaseUrl(),
      application_name: "rostrum events",
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    client.on("notification", (message) => this.hear(message.payload));
    client.on("error", (error) => this.lose(client, error));
    client.on("end", () => this.lose(client, undefined));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      client.removeAllListeners();
      client.on("error", () => undefined);
      await client.end().catch(() => undefined);
      throw error;
    }
    if (this.closed) return await client.end();
    this.client = client;
    await this.catchUp();
  }

  /** What was committed while no one listened. */
  private async catchUp(): Promise<void> {
    if (this.lastId === 0n) {
      this.lastId = await findNewestEventId();
      return;
    }
    for (const event of await listEventsSince([...this.listeners.keys()], this.lastId)) this.deliver(event);
  }

  private lose(client: pg.Client, error: Error | undefined): void {
    if (this.client !== client) return;
    this.client = undefined;
    if (this.closed) return;
    moduleLog("events").warn({ err: error }, "event connection lost; reconnecting");
    client.end().catch(() => undefined);
    this.reconnectSoon(50);
  }

  private reconnectSoon(delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.closed) return;
      this.starting = this.connect().catch((error) => {
        moduleLog("events").warn({ err: error }, "still can't listen for events");
        this.reconnectSoon(Math.min(delayMs * 2, retryLimitMs));
      });
    }, delayMs);
    this.timer.unref();
  }

  /** What a statement wrote: pairs of id and topic. */
  private hear(text: string | undefined): void {
    for (const [id, topic] of JSON.parse(text ?? "[]") as [id: string, topic: string][]) {
      const number = BigInt(id);
      if (number > this.lastId) this.lastId = number;
      if (this.listeners.has(topic)) this.waiting.add(id);
    }
    if (this.waiting.size > 0 && !this.flushing) void this.flush();
  }

  /** Reads the events heard meanwhile in one query: a burst of notifications costs few round trips. */
  private async flush(): Promise<void> {
    this.flushing = true;
    let reading: string[] = [];
    try {
      while (this.waiting.size > 0) {
        reading = [...this.waiting];
        this.waiting = new Set();
        for (const row of await listEventsById(reading)) this.deliver(toEvent(row));
      }
      this.flushing = false;
    } catch (error) {
      moduleLog("events").warn({ err: error }, "couldn't read events; trying again");
      await this.flushAgain(reading);
    }
  }

  /** A listener whose connection holds never hears by itself that something is missing. */
  private async flushAgain(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.waiting.add(id);
    await new Promise((resolve) => setTimeout(resolve, retryMs).unref());
    if (!this.closed) return await this.flush();
    this.flushing = false;
  }

  private deliver(event: LiveEvent): void {
    for (const listener of this.listeners.get(event.topic) ?? []) {
      try {
        listener(event);
      } catch (error) {
        moduleLog("events").warn({ err: error, topic: event.topic }, "a listener failed");
      }
    }
  }
}

/**
 * Events of the topics after an id, oldest first, at most 1,000. Ids are handed out before commit, so the window
 * overlaps a little: recent events before the id come again rather than be lost.
 */
export async function listEventsSince(topics: readonly string[], lastId: bigint): Promise<LiveEvent[]> {
  return (await listEventsAfter(topics, lastId)).map(toEvent);
}

function toEvent(row: EventRow): LiveEvent {
  return {
    id: String(row.id),
    topic: row.topic,
    kind: row.kind,
    payload: row.payload,
    at: row.at.toISOString(),
  };
}

const holder = globalThis as typeof globalThis & { rostrumEventHub?: EventHub };

/** The hub of this process; it survives Next's reloading of modules in development. */
export function getEventHub(): EventHub {
  holder.rostrumEventHub ??= new EventHub();
  return holder.rostrumEventHub;
}
