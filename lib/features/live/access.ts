import { AppError } from "@/lib/kernel/errors";
import { findSessionActor, findTokenActor, type PersonActor } from "@/lib/platform/auth";
import { getEventHub } from "@/lib/platform/events";
import { moduleLog } from "@/lib/platform/log";

const checkMs = 15_000;
const streamsPerPerson = 24;

const open = new Map<string, number>();

/**
 * Takes one of the person's long-lived answers, of whatever kind; the returned function gives it back, once.
 * @throws AppError `rate_limited` when all are open
 */
export function takeStream(userId: string): () => void {
  const count = open.get(userId) ?? 0;
  if (count >= streamsPerPerson) {
    throw new AppError(
      "rate_limited",
      `Too many live connections (limit ${streamsPerPerson}). Close some tabs.`,
    );
  }
  open.set(userId, count + 1);
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    const left = (open.get(userId) ?? 1) - 1;
    if (left > 0) open.set(userId, left);
    else open.delete(userId);
  };
}

export interface AccessWatch {
  /** The person as of the latest check: roles and scopes may shrink while the answer continues. */
  readonly actor: PersonActor;
  end(): void;
}

export interface WatchOptions {
  actor: PersonActor;
  request: Request;
  /** Throws when the person may no longer get what is being sent. */
  check: (actor: PersonActor) => Promise<void>;
  /** Called once, when the session or token has ended, the check fails, or it cannot be made. */
  onLost: () => void;
}

/**
 * Asks again, as long as an answer continues, whether the person may get it: at once, when their access changes, and
 * every 15 s. Every answer that outlives its request's first check is sent under such a watch.
 */
export async function watchAccess({ actor, request, check, onLost }: WatchOptions): Promise<AccessWatch> {
  const refresh = actorRefresher(actor, request);
  let current = actor;
  let ended = false;
  const lose = () => {
    if (ended) return;
    ended = true;
    onLost();
  };
  const checkAgain = async () => {
    try {
      const now = await refresh();
      if (ended) return;
      if (!now) return lose();
      current = now;
      await check(now);
    } catch (error) {
      if (!(error instanceof AppError)) moduleLog("live").warn({ err: error }, "couldn't check a stream");
      lose();
    }
  };
  const unsubscribe = await getEventHub().subscribe([`user:${actor.userId}`], (event) => {
    if (event.kind.startsWith("access.")) void checkAgain();
  });
  const timer = setInterval(() => void checkAgain(), checkMs);
  // What changed between the first check and the subscription was heard by no one.
  await checkAgain();
  return {
    get actor() {
      return current;
    },
    end: () => {
      ended = true;
      unsubscribe();
      clearInterval(timer);
    },
  };
}

/** Asks the database again who a request's session or token belongs to. */
function actorRefresher(actor: PersonActor, request: Request): () => Promise<PersonActor | null> {
  const facts = { requestId: actor.requestId, ip: actor.ip };
  const token = request.headers.get("authorization")?.split(/\s+/)[1] ?? "";
  const find = async () => {
    if (actor.via !== "session") return await findTokenActor(token, facts);
    return actor.credentialId ? await findSessionActor(actor.credentialId, facts) : null;
  };
  return async () => {
    const found = await find();
    // What is refused later is refused of the same operation.
    return found && actor.operation !== undefined ? { ...found, operation: actor.operation } : found;
  };
}
