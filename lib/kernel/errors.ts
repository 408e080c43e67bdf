/**
 * The closed set of error codes a caller of the API can meet, each with its HTTP status and title.
 * Scripts switch on these; adding one is a change of the API.
 */
export const errorCodes = {
  invalid_request: { status: 400, title: "Malformed request" },
  unauthenticated: { status: 401, title: "Authentication required" },
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  conflict: { status: 409, title: "Conflict with the current state" },
  stale_plan: { status: 409, title: "Outdated plan" },
  idempotency_mismatch: { status: 409, title: "Idempotency key already used" },
  payload_too_large: { status: 413, title: "Request body too large" },
  unsupported_media_type: { status: 415, title: "Unsupported content type" },
  validation_failed: { status: 422, title: "Validation failed" },
  policy_denied: { status: 422, title: "Denied by policy" },
  quota_exceeded: { status: 422, title: "Quota exceeded" },
  no_placement: { status: 422, title: "No eligible cloud" },
  rate_limited: { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Internal server error" },
  not_implemented: { status: 501, title: "Method not supported" },
  unavailable: { status: 503, title: "Service unavailable" },
  insufficient_storage: { status: 507, title: "Insufficient disk space" },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** One thing wrong with one value of a request; `path` is dotted, `line` is 1-based in an uploaded text. */
export interface FieldProblem {
  path: string;
  message: string;
  line?: number;
  column?: number;
}

/** An expected failure with a code a caller can act on. `message` is shown to people as it is. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly problems: FieldProblem[];
  readonly detail: Record<string, unknown>;

  constructor(
    code: ErrorCode,
    message: string,
    extra: { problems?: FieldProblem[]; detail?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, { cause: extra.cause });
    this.name = "AppError";
    this.code = code;
    this.problems = extra.problems ?? [];
    this.detail = extra.detail ?? {};
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** The same answer for what does not exist and for what the actor may not see. */
export function notFound(what: string): AppError {
  return new AppError("not_found", `${what} was not found.`);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
