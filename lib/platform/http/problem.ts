import type { z } from "zod";
import { AppError, errorCodes, type FieldProblem } from "@/lib/kernel/errors";

export const problemType = "application/problem+json";

/**
 * The answer to a failed request (RFC 9457). `detail` members of the error are added at the top level, where a script
 * finds them; the standard members cannot be overwritten.
 */
export function problemResponse(
  error: AppError,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  const { status, title } = errorCodes[error.code];
  const body = {
    ...error.detail,
    type: `/docs/api#error-${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    requestId,
    errors: error.problems,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      ...headers,
      "content-type": problemType,
      "cache-control": "no-store",
      "x-request-id": requestId,
    },
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
  const message = first ? `${first.path ? `${first.path}: ` : ""}${first.message}${more}` : "Not valid.";
  throw new AppError("validation_failed", message, { problems });
}
