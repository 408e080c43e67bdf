export { csvResponse, toCsv } from "./csv";
export type { RouteContext, RouteDefinition, RouteHandler, RouteInput } from "./definition";
export { downloadResponse } from "./download";
export { keepReply, pruneIdempotencyRecords, replyContext } from "./idempotency";
export { buildOpenApi, type RouteModule, type RouteTable } from "./openapi";
export { otherMethods } from "./other-methods";
export {
  decodeCursor,
  encodeCursor,
  listResponse,
  maxPageSize,
  type Page,
  type PageQuery,
  pageQuery,
  toPage,
} from "./page";
export { parseWith, problemResponse, problemsOf } from "./problem";
export { type RateLimit, RateLimitedError, resetRateLimits } from "./rate-limit";
export { created, noContent, Reply, reply } from "./reply";
export { route } from "./route";
export { beginShutdown, onShutdown, resetShutdown } from "./shutdown";
