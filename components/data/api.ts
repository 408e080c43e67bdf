/**
 * The browser's way to the API: paths, bodies and answers are those of its document, problems are typed errors, and writes
 * are safe to repeat.
 */

import { addressOf } from "./api-href";
import type { AddressParts, ApiAnswer, ApiPath, ApiRequest, CallOptions } from "./api-types";
import { isAnswer, reportCall } from "./connection";

/** One field's complaint within a 422 answer. */
export interface ProblemFieldError {
  /** Path of the field: "parameters.size". */
  path: string;
  message: string;
  /** 1-based, for complaints about an uploaded text. */
  line?: number;
  column?: number;
}

/** The body of an RFC 9457 problem as the API writes it. */
export interface ProblemBody {
  type?: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
  requestId?: string;
  errors?: ProblemFieldError[];
}

/** The API said no, or could not be reached (status 0, code "unreachable"). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly requestId?: string;
  readonly errors: ProblemFieldError[];

  constructor(body: ProblemBody) {
    super(body.detail ?? body.title);
    this.name = "ApiProblem";
    this.status = body.status;
    this.code = body.code;
    this.title = body.title;
    this.detail = body.detail;
    this.requestId = body.requestId;
    this.errors = body.errors ?? [];
  }

  /** Complaints by field path, the first one each, for showing beside the fields. */
  get fieldErrors(): Record<string, string> {
    const byPath: Record<string, string> = {};
    for (const error of this.errors) byPath[error.path] ??= error.message;
    return byPath;
  }
}

/** GET: what is there. @throws ApiProblem, as do all of these, for every answer that is not 2xx and for none at all */
export function apiGet<Path extends ApiPath<"get">>(
  path: Path,
  ...request: ApiRequest<Path, "get">
): Promise<ApiAnswer<Path, "get">>;
export async function apiGet(path: string, ...[request]: Given): Promise<unknown> {
  return await send("GET", path, request);
}

/** POST: makes or starts something, once for each Idempotency-Key. */
export function apiPost<Path extends ApiPath<"post">>(
  path: Path,
  ...request: ApiRequest<Path, "post">
): Promise<ApiAnswer<Path, "post">>;
export async function apiPost(path: string, ...[request]: Given): Promise<unknown> {
  return await send("POST", path, request);
}

/** PATCH: changes the named fields of something. */
export function apiPatch<Path extends ApiPath<"patch">>(
  path: Path,
  ...request: ApiRequest<Path, "patch">
): Promise<ApiAnswer<Path, "patch">>;
export async function apiPatch(path: string, ...[request]: Given): Promise<unknown> {
  return await send("PATCH", path, request);
}

/** DELETE: ends or removes something. */
export function apiDelete<Path extends ApiPath<"delete">>(
  path: Path,
  ...request: ApiRequest<Path, "delete">
): Promise<ApiAnswer<Path, "delete">>;
export async function apiDelete(path: string, ...[request]: Given): Promise<unknown> {
  return await send("DELETE", path, request);
}

/** What all of them send. */
interface Sent extends CallOptions, AddressParts {
  /** Sent as JSON; files and strings are sent as they are (a string as text/yaml). */
  body?: unknown;
}

/** The second argument of a call that may have none. */
type Given = readonly (Sent | undefined)[];

async function send(method: string, path: string, request: Sent = {}): Promise<unknown> {
  const { body, idempotencyKey, signal } = request;
  const headers = new Headers({ accept: "application/json" });
  if (method !== "GET" && idempotencyKey !== null) headers.set("idempotency-key", idempotencyKey ?? newKey());
  const address = addressOf(path, request);
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers,
      body: encodeBody(body, headers),
      signal,
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    reportCall(false);
    throw new ApiProblem({
      status: 0,
      code: "unreachable",
      title: "Can’t reach Rostrum",
      detail: "Check your connection and try again. Your input is still here.",
    });
  }
  reportCall(isAnswer(response.status));
  if (!response.ok) throw await readProblem(response);
  return response.status === 204 ? undefined : await response.json();
}

function encodeBody(body: unknown, headers: Headers): BodyInit | undefined {
  if (body === undefined) return undefined;
  if (body instanceof Blob) {
    headers.set("content-type", body.type || "application/octet-stream");
    return body;
  }
  headers.set("content-type", typeof body === "string" ? "text/yaml" : "application/json");
  return typeof body === "string" ? body : JSON.stringify(body);
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const requestId = response.headers.get("x-request-id") ?? undefined;
  const fallback: ProblemBody = {
    status: response.status,
    code: "unexpected_answer",
    title: response.status === 401 ? "Your session expired" : "Something went wrong",
    detail:
      response.status === 401
        ? "Sign in again to continue. Your input stays on this page until you leave it."
        : "Your change may not have been saved. Try again, or contact an administrator.",
    requestId,
  };
  try {
    const body: unknown = await response.json();
    if (!isProblem(body)) return new ApiProblem(fallback);
    return new ApiProblem({ ...body, status: response.status, requestId: body.requestId ?? requestId });
  } catch {
    // A proxy's HTML page instead of our JSON: the status is all there is to tell.
    return new ApiProblem(fallback);
  }
}

function isProblem(body: unknown): body is ProblemBody {
  return (
    typeof body === "object" &&
    body !== null &&
    typeof (body as ProblemBody).title === "string" &&
    typeof (body as ProblemBody).code === "string"
  );
}

function newKey(): string {
  // randomUUID exists in secure contexts only; a portal on plain http in a local network still works.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
