import type { z } from "zod";
import { AppError, errorCodes, type FieldProblem } from "@/lib/kernel/errors";

export const problemType = "application/problem+json";

/**
 * The body of a problem (RFC 9457). `detail` members of the error are added at the top level, where a script finds them;
 * the standard members cannot be overwritten.
 */
export function problemBody(error: AppError, requestId: string): string {
  const { status, title } = errorCodes[error.code];
  return JSON.stringify({
    ...error.detail,
    type: `/docs/api#error-${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    requestId,
    errors: error.problems,
  });
}

/** The headers of a problem. */
export function problemHeaders(requestId: string): Record<string, string> {
  return { "content-type": problemType, "cache-control": "no-store", "x-request-id": requestId };
}

/** The answer to a failed request. */
export function problemResponse(
  error: AppError,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(problemBody(error, requestId), {
    status: error.status,
    headers: { ...headers, ...problemHeaders(requestId) },
  });
}

/** zod's issues as problems with dotted paths. */
export function problemsOf(error: z.ZodError, prefix = ""): FieldProblem[] {
  return error.issues.map((issue) => ({
    path: [prefix, ...issue.path.map(String)].filter(Boolean).join("."),
    message: issue.message,
  }));
}

/**
 * A value through its schema.
 * @throws AppError `validation_failed` with one problem per wrong field
 */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown, prefix = ""): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error, prefix);
  const first = problems[0];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  const message = first ? `${first.path ? `${first.path}: ` : ""}${first.message}${more}` : "Invalid value.";
  throw new AppError("validation_failed", message, { problems });
}
