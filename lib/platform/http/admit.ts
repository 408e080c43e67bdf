import { AppError, type ErrorCode } from "@/lib/kernel/errors";
import { mayEnter } from "@/lib/kernel/permissions";
import {
  type Actor,
  anonymousActor,
  authenticate,
  clientAddress,
  isWrittenDown,
  type PersonActor,
  recordDenied,
} from "../auth";
import { isSafeMethod, requireSameOrigin } from "./csrf";
import type { RouteDefinition } from "./definition";
import {
  type Allowance,
  actorRateLimit,
  anonymousRateLimit,
  consumeRateLimit,
  type RateLimit,
} from "./rate-limit";

/** One request on its way through a route, as far as it is known. */
export interface Visit {
  requestId: string;
  /** What the address names, as it was sent. */
  params: Record<string, string | string[] | undefined>;
  actor: PersonActor | null;
  /** The tightest of the allowances it was counted against. */
  allowance: Allowance | null;
}

/** Who may come in: fills in the visit's actor and allowance, or throws. */
export async function admit(definition: RouteDefinition, request: Request, visit: Visit): Promise<void> {
  const ip = clientAddress(request.headers);
  try {
    visit.actor = definition.anonymous ? null : await authenticate(request, visit.requestId);
  } catch (error) {
    // Guessing tokens is limited like any other nameless traffic.
    await count(visit, "anonymous", ip, anonymousRateLimit);
    throw error;
  }
  const { actor } = visit;
  if (actor) await count(visit, "actor", actor.userId, actorRateLimit);
  else await count(visit, "anonymous", ip, anonymousRateLimit);
  if (definition.rateLimit) {
    await count(visit, definition.summary, actor?.userId ?? ip, definition.rateLimit);
  }
  if (definition.public) return;
  if (!actor) throw new AppError("unauthenticated", "Sign in or provide a bearer token.");
  if (actor.via === "session") requireSameOrigin(request);
  requireDoor(definition, request, actor);
}

async function count(visit: Visit, name: string, key: string, limit: RateLimit): Promise<void> {
  const allowance = await consumeRateLimit(name, key, limit);
  if (!visit.allowance || allowance.remaining < visit.allowance.remaining) visit.allowance = allowance;
}

function requireDoor(definition: RouteDefinition, request: Request, actor: PersonActor): void {
  const { permission } = definition;
  if (!permission) {
    // A read-only token must not write through a door that names no permission.
    if (isSafeMethod(request.method) || actor.scopes === null) return;
    if (actor.scopes.has("write") || actor.scopes.has("admin")) return;
    throw new AppError("forbidden", "This token is read-only.");
  }
  if (mayEnter(actor, permission)) return;
  throw new AppError("forbidden", `You don’t have permission: ${permission}.`);
}

const refusals: readonly ErrorCode[] = ["unauthenticated", "forbidden", "policy_denied", "quota_exceeded"];

/**
 * Writes down a refusal that the feature behind the route did not write down itself: no one signed in, a closed door, a
 * foreign origin, a token of too little scope, an object that is not there for this person. What does not exist at all is
 * written down like what is someone else's: no one can tell the two apart by the time that the answer takes, and an
 * attempt on something just deleted is not lost.
 */
export async function noteRefusal(
  definition: RouteDefinition,
  request: Request,
  visit: Visit,
  error: AppError,
): Promise<void> {
  if (isWrittenDown(error) || !isRefusal(definition, error)) return;
  const { requestId } = visit;
  const actor: Actor = visit.actor ?? anonymousActor({ requestId, ip: clientAddress(request.headers) });
  const { pathname, search } = new URL(request.url);
  const path = `${request.method} ${pathname}`;
  await recordDenied(actor, definition.permission ?? "account.use", {
    path,
    ...objectOf(pathname, visit.params),
    detail: { code: error.code, reason: error.message, path: `${path}${search}`.slice(0, 300) },
  });
}

function isRefusal(definition: RouteDefinition, error: AppError): boolean {
  if (error.code === "not_found") return !definition.public;
  return refusals.includes(error.code);
}

/** The object an address names first: `/api/v1/tokens/tok_1` is the token `tok_1`. */
function objectOf(pathname: string, params: Visit["params"]): { objectType?: string; objectId?: string } {
  const [id] = Object.values(params);
  if (typeof id !== "string") return {};
  const segments = pathname.split("/");
  const noun = segments[segments.findIndex((one) => one === id || one === encodeURIComponent(id)) - 1];
  return noun ? { objectType: noun.replace(/s$/, ""), objectId: id.slice(0, 200) } : {};
}
