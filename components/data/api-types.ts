/** What the API takes and answers, by path and method, from its own document (gen/api/paths.ts). */

import type { paths } from "@/gen/api/paths";

/** What fills a path's placeholders (several names for one that spans folders), and its query without what is undefined. */
export interface AddressParts {
  path?: Readonly<Record<string, string | readonly string[]>>;
  query?: object;
}

export type ApiMethod = "get" | "post" | "patch" | "delete";

/** The paths, relative to `/api/v1`, that know a method. */
export type ApiPath<Method extends ApiMethod> = {
  [Path in keyof paths]: paths[Path][Method] extends { responses: unknown } ? Path : never;
}[keyof paths];

type Operation<Path extends keyof paths, Method extends ApiMethod> = paths[Path][Method];

type PathPart<Op> = Op extends { parameters: { path: infer Path extends AddressParts["path"] } }
  ? { path: Path }
  : { path?: never };

type QueryPart<Op> = Op extends { parameters: { query: infer Query extends object } }
  ? { query: Query }
  : Op extends { parameters: { query?: infer Query extends object } }
    ? { query?: Query }
    : { query?: never };

type ContentOf<Content> = Content[keyof Content];

type BodyPart<Op> = Op extends { requestBody: { content: infer Content } }
  ? { body: ContentOf<Content> }
  : Op extends { requestBody?: { content: infer Content } }
    ? { body?: ContentOf<Content> }
    : { body?: never };

/** How a call is made, whatever it asks for. */
export interface CallOptions {
  /** Same key, same effect: pass one key for all tries of one wish. A fresh one is made otherwise; null sends none. */
  idempotencyKey?: string | null;
  signal?: AbortSignal;
}

type Request<Op> = PathPart<Op> & QueryPart<Op> & BodyPart<Op> & CallOptions;

/** The second argument of a call: left out where nothing in it has to be there. */
export type ApiRequest<Path extends keyof paths, Method extends ApiMethod> =
  Record<never, never> extends Request<Operation<Path, Method>>
    ? [request?: Request<Operation<Path, Method>>]
    : [request: Request<Operation<Path, Method>>];

type Success = 200 | 201 | 202 | 204;

type AnswerOf<Op> = Op extends { responses: infer Responses }
  ? {
      [Status in keyof Responses & Success]: Responses[Status] extends {
        content: { "application/json": infer Data };
      }
        ? Data
        : undefined;
    }[keyof Responses & Success]
  : never;

/** What a call resolves to: the parsed body, undefined where there is none. */
export type ApiAnswer<Path extends keyof paths, Method extends ApiMethod> = AnswerOf<Operation<Path, Method>>;

/** The body that a call sends. */
export type ApiBody<Path extends keyof paths, Method extends ApiMethod> = NonNullable<
  BodyPart<Operation<Path, Method>>["body"]
>;

/** What addresses a link needs beside its path. */
export type ApiLink<Path extends ApiPath<"get">> =
  Record<never, never> extends LinkPart<Path> ? [to?: LinkPart<Path>] : [to: LinkPart<Path>];

type LinkPart<Path extends ApiPath<"get">> = PathPart<Operation<Path, "get">> &
  QueryPart<Operation<Path, "get">>;
