import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { problemResponse } from "@/lib/platform/http";

/** An address the API does not have is answered as a problem, not as a page. */
function answer(request: Request): Response {
  const { pathname } = new URL(request.url);
  const error = new AppError("not_found", `No such endpoint: ${pathname}. See /docs/api.`);
  return problemResponse(error, newId("http"));
}

export const GET = answer;
export const POST = answer;
export const PUT = answer;
export const PATCH = answer;
export const DELETE = answer;
