import type { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { clientAddress, DeniedError } from "../auth";
import { isUnavailable, whileDatabaseAnswers } from "../db";
import { moduleLog } from "../log";
import { admit, noteRefusal, type Visit } from "./admit";
import { defaultMaxBodyBytes, readBody } from "./body";
import { isSafeMethod } from "./csrf";
import { csvResponse } from "./csv";
import type { RouteContext, RouteDefinition, RouteHandler, RouteInput } from "./definition";
import {
  abandonIdempotent,
  asAttempt,
  beginIdempotent,
  finishIdempotent,
  finishWithSecret,
  type IdempotencyClaim,
  readIdempotencyKey,
} from "./idempotency";
import { takeLargeBody } from "./large-bodies";
import { maxPageSize } from "./page";
import { parseWith, problemResponse } from "./problem";
import { requireKnownQuery } from "./query";
import { allowanceHeaders, RateLimitedError } from "./rate-limit";
import { type Reply, toJson, toReply } from "./reply";
import { requireStorable } from "./storable";

type Schema = z.ZodType | undefined;

const csvPages = 100;

/**
 * One method of a REST endpoint. Authenticates, limits, checks permission and origin, validates params, query and
 * body, replays writes that carry an Idempotency-Key, and turns every error into problem+json. Anything but an AppError
 * is logged with the request id and answered as `internal`, without its message.
 */
export function route<
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
  Pub extends boolean = false,
>(definition: RouteDefinition<P, Q, B, Pub>): RouteHandler {
  const doors = [definition.permission, definition.authenticated, definition.public].filter(Boolean).length;
  if (doors !== 1) throw new TypeError(`Route "${definition.summary}" must name exactly one way in.`);
  const known = definition as unknown as RouteDefinition;
  const handle = async (request: Request, context: RouteContext): Promise<Response> => {
    const visit: Visit = { requestId: readRequestId(request), params: {}, actor: null, allowance: null };
    const failing = async (error: unknown) => await toProblem(known, error, request, visit);
    // With what is written down of a refusal, which needs the database too.
    const answering = answer(known, request, context, visit).catch(failing);
    // A write under way may be done yet: only its own end says what became of it.
    const response = isSafeMethod(request.method)
      ? await whileDatabaseAnswers(answering).catch(failing)
      : await answering;
    if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
    response.headers.set("x-request-id", visit.requestId);
    response.headers.set("x-content-type-options", "nosniff");
    for (const [name, value] of Object.entries(visit.allowance ? allowanceHeaders(visit.allowance) : {}))
      response.headers.set(name, value);
    return response;
  };
  return Object.assign(handle, { definition: known });
}

async function answer(
  definition: RouteDefinition,
  request: Request,
  context: RouteContext | undefined,
  visit: Visit,
): Promise<Response> {
  const params = await context?.params;
  visit.params = params ?? {};
  await admit(definition, request, visit);
  if (!definition.largeBody) return await serve(definition, request, params, visit);
  const leave = takeLargeBody(visit.actor?.userId ?? clientAddress(request.headers));
  try {
    return await serve(definition, request, params, visit);
  } finally {
    leave();
  }
}

async function serve(
  definition: RouteDefinition,
  request: Request,
  params: Visit["params"] | undefined,
  visit: Visit,
): Promise<Response> {
  const { actor, requestId } = visit;
  const url = new URL(request.url);
  const asked = queryObject(url.searchParams);
  requireStorable({ ...params, ...asked });
  requireKnownQuery(definition, request, asked);
  const { schemas = {} } = definition;
  const input = {
    actor,
    params: schemas.params ? parseWith(schemas.params, params ?? {}) : undefined,
    query: schemas.query ? parseWith(schemas.query, asked) : undefined,
    body: undefined as unknown,
    request,
    requestId,
  };
  const call = async () => await definition.handler(input as RouteInput<Schema, Schema, Schema, boolean>);
  if (isSafeMethod(request.method)) {
    if (wantsCsv(request)) return await answerCsv(definition, input, url);
    return finish(definition, await call());
  }
  const { bytes, value } = await readBody(request, {
    maxBodyBytes: definition.maxBodyBytes ?? defaultMaxBodyBytes,
    ...(definition.textTypes && { textTypes: definition.textTypes }),
    ...(definition.binaryTypes && { binaryTypes: definition.binaryTypes }),
  });
  requireStorable(value);
  if (schemas.body)
    input.body = parseBody(schemas.body, value ?? (definition.missingBodyIsEmpty ? {} : undefined));
  const key = actor && !definition.neverStored ? readIdempotencyKey(request, actor, bytes) : null;
  if (!key) return finish(definition, await call());
  const begun = await beginIdempotent(key);
  if ("reply" in begun) return replyResponse(toReply(begun.reply), { "idempotency-replayed": "true" });
  return await answerOnce(definition, begun.claim, call);
}

async function answerOnce(
  definition: RouteDefinition,
  claim: IdempotencyClaim,
  call: () => Promise<unknown>,
): Promise<Response> {
  try {
    const result = await asAttempt(claim, call);
    if (result instanceof Response) {
      await abandonIdempotent(claim);
      return result;
    }
    const done = toReply(result);
    if (definition.showsSecret) await finishWithSecret(claim, done.status);
    else await finishIdempotent(claim, { status: done.status, body: JSON.parse(toJson(done.body ?? null)) });
    return finish(definition, done);
  } catch (error) {
    await abandonIdempotent(claim);
    throw error;
  }
}

function finish(definition: RouteDefinition, result: unknown): Response {
  if (result instanceof Response) {
    // Responses made by fetch or Response.redirect have frozen headers; the wrapper adds to them.
    return new Response(result.body, result);
  }
  const done = toReply(result);
  assertDocumented(definition, done);
  return replyResponse(done);
}

function replyResponse(done: Reply, extra: Record<string, string> = {}): Response {
  const headers = { ...done.headers, ...extra };
  if (done.status === 204) return new Response(null, { status: 204, headers });
  return new Response(toJson(done.body), {
    status: done.status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

/** In tests an answer that differs from its published schema is a failure; in production it is too late for that. */
function assertDocumented(definition: RouteDefinition, done: Reply): void {
  if (process.env.NODE_ENV !== "test" || !definition.response || done.status >= 300) return;
  if (done.status === 204) return;
  const parsed = definition.response.safeParse(JSON.parse(toJson(done.body)));
  if (!parsed.success) {
    throw new TypeError(`"${definition.summary}" does not answer as documented: ${parsed.error.message}`);
  }
}

/** No body at all says the same as `{}` where nothing in it has to be there. */
function parseBody(schema: z.ZodType, value: unknown): unknown {
  if (value !== undefined) return parseWith(schema, value);
  const none = [undefined, {}].map((empty) => schema.safeParse(empty)).find((parsed) => parsed.success);
  if (none) return none.data;
  throw new AppError("invalid_request", "A request body is required.");
}

/** A link in a browser cannot send an Accept header of its own: `?format=csv` says the same. */
function wantsCsv(request: Request): boolean {
  if (/\btext\/csv\b/i.test(request.headers.get("accept") ?? "")) return true;
  return request.method === "GET" && new URL(request.url).searchParams.get("format") === "csv";
}

/** The whole list as CSV, page after page, at most 20,000 rows. */
async function answerCsv(
  definition: RouteDefinition,
  input: Omit<RouteInput<Schema, Schema, Schema, boolean>, "query"> & { query: unknown },
  url: URL,
): Promise<Response> {
  const rows: object[] = [];
  let query = input.query as Record<string, unknown> | undefined;
  if (query && "limit" in query) query = { ...query, limit: maxPageSize };
  for (let page = 0; page < csvPages; page += 1) {
    const result = await definition.handler({ ...input, query } as RouteInput<
      Schema,
      Schema,
      Schema,
      boolean
    >);
    if (!isList(result)) return finish(definition, result);
    rows.push(...result.items);
    if (!result.nextCursor) break;
    query = { ...query, cursor: result.nextCursor };
  }
  const name = definition.csv?.filename ?? url.pathname.split("/").at(-1) ?? "list";
  return csvResponse(rows, name, definition.csv?.columns);
}

function isList(value: unknown): value is { items: object[]; nextCursor?: string | null } {
  return typeof value === "object" && value !== null && "items" in value && Array.isArray(value.items);
}

function queryObject(params: URLSearchParams): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {};
  for (const key of new Set(params.keys())) {
    const values = params.getAll(key);
    out[key] = values.length > 1 ? values : (values[0] ?? "");
  }
  return out;
}

/** The caller's request id where it is a sane one, so that a chain of services shares it. */
function readRequestId(request: Request): string {
  const sent = request.headers.get("x-request-id");
  return sent && /^[\w.-]{8,100}$/.test(sent) ? sent : newId("http");
}

async function toProblem(
  definition: RouteDefinition,
  error: unknown,
  request: Request,
  visit: Visit,
): Promise<Response> {
  const { requestId } = visit;
  if (error instanceof DeniedError) await error.recorded;
  if (error instanceof AppError) {
    await noteRefusal(definition, request, visit, error);
    const headers: Record<string, string> = {};
    const { retryAfterSeconds } = error.detail;
    if (typeof retryAfterSeconds === "number") headers["retry-after"] = String(retryAfterSeconds);
    if (error instanceof RateLimitedError) visit.allowance = error.allowance;
    if (error.code === "unauthenticated") headers["www-authenticate"] = "Bearer";
    return problemResponse(error, requestId, headers);
  }
  const path = new URL(request.url).pathname;
  const broken = isUnavailable(error);
  moduleLog("http").error({ err: error, requestId, method: request.method, path }, "a request failed");
  const shown = broken
    ? new AppError("unavailable", "The database is unavailable. Try again shortly.")
    : new AppError("internal", `Something went wrong. Include request ID ${requestId} when you report it.`);
  return problemResponse(shown, requestId, broken ? { "retry-after": "2" } : {});
}
