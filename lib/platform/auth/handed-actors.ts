import type { PersonActor } from "./actor";

/**
 * People found before a page, for the page of the same request: both run in this process, and would ask the database the
 * same a millisecond apart. In the process's globals, because Next gives a proxy and its pages modules of their own.
 */
const holder = globalThis as typeof globalThis & { rostrumHandedActors?: Map<string, PersonActor> };

/** More than are ever on their way; what no page took is dropped with the oldest. */
const most = 200;

/** Hands on who was found for this request. Only the session’s id, a secret, takes it again. */
export function handActor(sessionId: string, actor: PersonActor): void {
  holder.rostrumHandedActors ??= new Map();
  const handed = holder.rostrumHandedActors;
  if (handed.size >= most) handed.delete(handed.keys().next().value ?? "");
  handed.set(keyOf(actor.requestId, sessionId), actor);
}

/** Who was found before this page for the same request and session, once; undefined without one. */
export function takeActor(requestId: string, sessionId: string): PersonActor | undefined {
  const key = keyOf(requestId, sessionId);
  const actor = holder.rostrumHandedActors?.get(key);
  holder.rostrumHandedActors?.delete(key);
  return actor;
}

const keyOf = (requestId: string, sessionId: string) => `${requestId} ${sessionId}`;
