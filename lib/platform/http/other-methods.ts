import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { type HttpMethod, httpMethods } from "./methods";
import { problemResponse } from "./problem";

/** Answers 405. Told apart from a method of the API by having no definition but this mark. */
export interface RefusedMethod {
  (): Response;
  refused: true;
}

/**
 * Handlers for the methods an address does not have: a problem that names those it has, where Next would answer with an
 * empty body. Every route module ends with it: `export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");`
 */
export function otherMethods(...allowed: HttpMethod[]): Record<HttpMethod, RefusedMethod> {
  const allow = [...allowed, ...(allowed.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  const answer = (method: HttpMethod) => () =>
    problemResponse(
      new AppError("method_not_allowed", `Method ${method} not allowed. Allowed: ${allow}.`),
      newId("http"),
      { allow },
    );
  const handlers = httpMethods.map((method) => {
    return [method, Object.assign(answer(method), { refused: true as const })] as const;
  });
  return Object.fromEntries(handlers) as Record<HttpMethod, RefusedMethod>;
}

/** Whether an export of a route module only refuses. */
export function isRefusedMethod(handler: unknown): handler is RefusedMethod {
  return typeof handler === "function" && "refused" in handler;
}
