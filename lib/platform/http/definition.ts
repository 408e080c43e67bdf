import type { z } from "zod";
import type { Permission } from "@/lib/kernel/permissions";
import type { PersonActor } from "../auth";
import type { RateLimit } from "./rate-limit";

type Schema = z.ZodType | undefined;
type Output<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

export interface RouteInput<P extends Schema, Q extends Schema, B extends Schema, Pub extends boolean> {
  /** Null only on public routes. */
  actor: Pub extends true ? PersonActor | null : PersonActor;
  params: Output<P>;
  query: Output<Q>;
  body: Output<B>;
  request: Request;
  requestId: string;
}

/** What a route is, for the wrapper and for the API's document. */
export interface RouteDefinition<
  P extends Schema = Schema,
  Q extends Schema = Schema,
  B extends Schema = Schema,
  Pub extends boolean = boolean,
> {
  /** One sentence for the API's document. */
  summary: string;
  description?: string;
  tags: readonly string[];
  /** Exactly one of these three says who may come in. A permission of a project is checked again, for the
   * object's own project, by the feature behind the route. */
  permission?: Permission;
  authenticated?: true;
  public?: Pub;
  /** No one is told apart, not even by a cookie or token that was sent: it must answer while the database does not. */
  anonymous?: true;
  schemas?: { params?: P; query?: Q; body?: B };
  /** Schema of the successful answer. Tests check answers against it. */
  response?: z.ZodType;
  /** Status of the successful answer in the document; 200 if absent. */
  status?: 200 | 201 | 202 | 204;
  rateLimit?: RateLimit;
  /** 1 MiB if absent. */
  maxBodyBytes?: number;
  /** The body may be so large that few are held at once: others are answered 429 or 503 before theirs is read. */
  largeBody?: true;
  /** A missing body counts as `{}`, so the values it lacks are named (422). Otherwise a missing body is a 400. */
  missingBodyIsEmpty?: true;
  /** Content types whose body the body schema gets as text, beside JSON. */
  textTypes?: readonly string[];
  /** Content types whose body the body schema gets as a Uint8Array. */
  binaryTypes?: readonly string[];
  /** File name and columns of the list as CSV; every list answers `Accept: text/csv`. */
  csv?: { filename?: string; columns?: readonly string[] };
  /** For a body that carries a password: its answer is never stored under an Idempotency-Key. */
  neverStored?: true;
  /** Its answer shows a secret once. A repetition with the Idempotency-Key does nothing again, and answers a conflict. */
  showsSecret?: true;
  handler(input: RouteInput<P, Q, B, Pub>): unknown;
}

export interface RouteContext {
  params: Promise<Record<string, string | string[] | undefined>>;
}

/** A route handler as Next calls it, with what it is attached for the API's document and the tests. */
export interface RouteHandler {
  (request: Request, context: RouteContext): Promise<Response>;
  definition: RouteDefinition;
}
