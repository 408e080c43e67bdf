/** The browser's way to the API: JSON in and out, problems as typed errors, writes safe to repeat. */

import { isAnswer, reportCall } from "./connection";

const BASE = "/api/v1";

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

export interface ApiOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON; FormData, files and strings are sent as they are (a string as text/yaml). */
  body?: unknown;
  /** Same key, same effect: pass one key for all tries of one wish. A fresh one is made otherwise; null sends none. */
  idempotencyKey?: string | null;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/**
 * Calls `/api/v1` + path. Resolves to the parsed body (undefined for 204).
 * @throws ApiProblem for every answer that is not 2xx and when the server cannot be reached.
 */
export async function apiFetch<Answer = unknown>(path: string, options: ApiOptions = {}): Promise<Answer> {
  const method = options.method ?? (options.body === undefined ? "GET" : "POST");
  const headers: Record<string, string> = { accept: "application/json", ...options.headers };
  if (method !== "GET" && options.idempotencyKey !== null)
    headers["idempotency-key"] ??= options.idempotencyKey ?? newKey();
  let response: Response;
  try {
    response = await fetch(path.startsWith(BASE) ? path : `${BASE}${path}`, {
      method,
      headers,
      body: encodeBody(options.body, headers),
      signal: options.signal,
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
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
  if (response.status === 204) return undefined as Answer;
  return (await response.json()) as Answer;
}

function encodeBody(body: unknown, headers: Record<string, string>): BodyInit | undefined {
  if (body === undefined) return undefined;
  if (body instanceof FormData) return body;
  if (body instanceof Blob) {
    headers["content-type"] ??= body.type || "application/octet-stream";
    return body;
  }
  if (typeof body === "string") {
    headers["content-type"] ??= "text/yaml";
    return body;
  }
  headers["content-type"] ??= "application/json";
  return JSON.stringify(body);
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
