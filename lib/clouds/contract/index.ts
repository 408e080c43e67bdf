/**
 * The contract between Rostrum and a cloud. A driver knows components and the outside world; it knows
 * nothing of organizations, prices, Prisma or the queue. One contract test suite runs against every driver.
 *
 * Rules that hold for every driver:
 * - A component is found by its `ref` alone (deterministic names and labels), never by memory of this process.
 * - `apply` and `remove` are safe to repeat with the same idempotency key: what exists already is adopted.
 * - Every outside object carries the labels of its ref and the key of the change that made it.
 * - Every wait is bounded and ends when `ctx.signal` aborts.
 * - Failures are thrown as `DriverError`; anything else thrown counts as unknown.
 */

export type { FileSource, GitAddress, GitCredential, TemplateFile } from "../file-source";
export type * from "./change";
export * from "./component";
export type * from "./connection";
export type * from "./driver";
export * from "./failure";
export * from "./observation";
export type * from "./use";
