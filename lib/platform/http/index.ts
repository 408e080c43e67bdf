export { toCsv } from "./csv";
export type { RouteHandler } from "./definition";
export { downloadResponse } from "./download";
export { keepReply, pruneIdempotencyRecords, replyContext } from "./idempotency";
export { buildOpenApi, type RouteTable } from "./openapi";
export { otherMethods } from "./other-methods";
export {
  decodeCursor,
  encodeCursor,
  listResponse,
  type Page,
  type PageQuery,
  pageQuery,
  toPage,
} from "./page";
export { parseWith, problemResponse } from "./problem";
export { resetRateLimits } from "./rate-limit";
export { created, noContent, reply } from "./reply";
export { route } from "./route";
export { beginShutdown, onShutdown, resetShutdown } from "./shutdown";
