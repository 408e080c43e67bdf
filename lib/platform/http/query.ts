import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import type { RouteDefinition } from "./definition";

/**
 * Refuses query parameters that the route does not read: a misspelled filter would otherwise answer everything, and look
 * like an answer to what was asked.
 * @throws AppError `validation_failed` naming each unknown parameter and the known ones
 */
export function requireKnownQuery(
  definition: Pick<RouteDefinition, "schemas">,
  request: Request,
  asked: Readonly<Record<string, unknown>>,
): void {
  const known = knownQuery(definition, request.method);
  if (!ownFormat(definition) && asked.format !== undefined && !["csv", "json"].includes(String(asked.format)))
    throw new AppError("validation_failed", "format must be csv or json.", {
      problems: [{ path: "format", message: "must be csv or json" }],
    });
  const unknown = Object.keys(asked).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const hint = known.length > 0 ? `known parameters: ${known.join(", ")}` : "this endpoint has none";
  const problems = unknown.map((name) => ({ path: name, message: `unknown query parameter; ${hint}` }));
  const names = unknown.map((name) => `"${name}"`).join(", ");
  const what = unknown.length === 1 ? "Unknown query parameter" : "Unknown query parameters";
  throw new AppError("validation_failed", `${what} ${names}; ${hint}.`, { problems });
}

/** The query parameters of a route; a link that is read may also name the format of its answer. */
export function knownQuery({ schemas }: Pick<RouteDefinition, "schemas">, method: string): string[] {
  const own = schemas?.query ? keysOf(schemas.query) : [];
  return method === "GET" && !own.includes("format") ? [...own, "format"] : own;
}

function ownFormat({ schemas }: Pick<RouteDefinition, "schemas">): boolean {
  return schemas?.query !== undefined && keysOf(schemas.query).includes("format");
}

function keysOf(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodPipe) return keysOf(schema.in);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return keysOf(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysOf(option));
  if (schema instanceof z.ZodIntersection) return [...keysOf(schema.def.left), ...keysOf(schema.def.right)];
  throw new TypeError("The query of a route is an object.");
}
