/**
 * One stream of server-sent events per browser tab, whatever the number of subscribers: browsers allow six
 * connections to a host over HTTP/1.1, and every open tab takes one. A tab in the background gives its
 * connection back after a while and asks for what it missed when it is looked at again.
 */

import { apiGet } from "./api";
import { apiHref } from "./api-href";

export interface StreamEvent {
  id: string;
  topic: string;
  kind: string;
  payload: Record<string, unknown>;
}

interface Subscriber {
  topics: ReadonlySet<string>;
  /** Id of the newest event when what the subscriber shows was read. */
  since?: string | undefined;
  onEvent: (event: StreamEvent) => void;
  onState?: (state: StreamState) => void;
}

export type StreamState = "connecting" | "open" | "waiting";

const hiddenGraceMs = 20_000;
const retryMinMs = 1_000;
const retryMaxMs = 30_000;

const subscribers = new Set<Subscriber>();
let source: EventSource | undefined;
let openTopics = "";
let lastId: string | undefined;
let failures = 0;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let settleTimer: ReturnType<typeof setTimeout> | undefined;
let hideTimer: ReturnType<typeof setTimeout> | undefined;
let watching = false;

/** Calls back for every event of the topics. Returns how to stop. */
export function subscribe(subscriber: Subscriber): () => void {
  subscribers.add(subscriber);
  watchVisibility();
  settle();
  return () => {
    subscribers.delete(subscriber);
    settle();
  };
}

/** Several components mount in one go: wait for all of them, then connect once. */
function settle(): void {
  clearTimeout(settleTimer);
  settleTimer = setTimeout(connect, 30);
}

function connect(): void {
  const topics = [...new Set([...subscribers].flatMap((each) => [...each.topics]))].sort().join(",");
  if (source && source.readyState !== EventSource.CLOSED && topics === openTopics) return;
  const from = resumeAfter(source?.readyState === EventSource.OPEN);
  close();
  if (topics === "" || document.hidden) return;
  openTopics = topics;
  tell("connecting");
  // A new EventSource cannot send the Last-Event-ID header: the query says the same.
  const stream = new EventSource(apiHref("/events", { query: { topics, lastEventId: from } }));
  source = stream;
  stream.onopen = () => {
    failures = 0;
    tell("open");
  };
  stream.onmessage = (message: MessageEvent<string>) => deliver(message);
  stream.onerror = () => {
    tell("waiting");
    // Whether the stream ended or the portal is gone; what the call finds, it notes itself.
    void apiGet("/health/live").catch(() => undefined);
    // While CONNECTING the browser retries by itself; CLOSED means it gave up (an answer other than 200).
    if (stream.readyState === EventSource.CLOSED && source === stream) retry();
  };
}

/**
 * The event after which a new stream begins. What a stream that is open had to say of the topics that stay was heard; the
 * rest begins when the subscribers read what they show, which is later than the last event where that is long ago.
 */
function resumeAfter(wasOpen: boolean): string | undefined {
  const read = [...subscribers].flatMap(({ since }) => (since === undefined ? [] : [BigInt(since)]));
  const earliest = read.reduce<bigint | undefined>(
    (least, id) => (least === undefined || id < least ? id : least),
    undefined,
  );
  if (lastId === undefined) return earliest?.toString();
  return wasOpen && earliest !== undefined && earliest > BigInt(lastId) ? earliest.toString() : lastId;
}

function retry(): void {
  close();
  failures += 1;
  const delay = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(failures, 6));
  retryTimer = setTimeout(connect, delay * (0.5 + Math.random() / 2));
}

function close(): void {
  clearTimeout(retryTimer);
  source?.close();
  source = undefined;
  openTopics = "";
}

function deliver(message: MessageEvent<string>): void {
  if (message.lastEventId) lastId = message.lastEventId;
  let body: unknown;
  try {
    body = JSON.parse(message.data);
  } catch (error) {
    console.error("An event that is not JSON was left out", error);
    return;
  }
  if (typeof body !== "object" || body === null || !("topic" in body)) return;
  const { topic, type, data, id } = body as {
    topic: string;
    type?: string;
    data?: StreamEvent["payload"];
    id?: StreamEvent["id"];
  };
  const event: StreamEvent = {
    id: message.lastEventId || String(id ?? ""),
    topic: String(topic),
    kind: type ?? "",
    payload: data ?? {},
  };
  if (heardBefore(event.id)) return;
  for (const each of subscribers) {
    if (matches(each.topics, event.topic)) each.onEvent(event);
  }
}

const rememberedIds = 2_000;
const heard = new Set<string>();

/** After a reconnect the server rather says something twice than not at all. */
function heardBefore(id: string): boolean {
  if (id === "") return false;
  if (heard.has(id)) return true;
  heard.add(id);
  const oldest = heard.size > rememberedIds ? heard.values().next().value : undefined;
  if (oldest !== undefined) heard.delete(oldest);
  return false;
}

/** A subscription to "environment:env_1" also hears "environment:env_1:logs". */
function matches(topics: ReadonlySet<string>, topic: string): boolean {
  if (topics.has(topic)) return true;
  for (const wanted of topics) if (topic.startsWith(`${wanted}:`)) return true;
  return false;
}

function tell(state: StreamState): void {
  for (const each of subscribers) each.onState?.(state);
}

function watchVisibility(): void {
  if (watching) return;
  watching = true;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hideTimer);
    if (document.hidden) hideTimer = setTimeout(close, hiddenGraceMs);
    else connect();
  });
}
