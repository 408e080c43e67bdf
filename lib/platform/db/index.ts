/**
 * The database, three ways over one pool of connections, in one transaction where that is needed (`inTransaction`):
 * Prisma for reads by key, ordinary writes and small trees; statements of Kysely for lists, aggregates and guarded updates;
 * named raw SQL where batches need it. Prisma spends ten times the processor on bulk writes. Conventions for all:
 * money is Prisma's `Decimal` or, from the others, a string for `new Decimal(text)`, never a number; `bigint` columns
 * are `bigint`; `timestamptz` is a `Date`; JSON is parsed.
 */
export type { Prisma } from "@/gen/prisma/client";
export { findAuditPowers } from "./audit-powers";
export { untilDatabaseIsSilent, whileDatabaseAnswers } from "./availability";
export { ago, anyOf, isPlacedAt, now, rowPlace, statements } from "./builder";
export { compiledOnce } from "./compiled-once";
export { isConnectionError, isUnavailable } from "./connection-errors";
export { closeDb, getDatabaseUrl, getPool, getPrisma } from "./connections";
export { readDocuments, readOr } from "./documents";
export { HeldLocks } from "./held-locks";
export { allowHistory } from "./history";
export { likeText } from "./like";
export { inSql } from "./literals";
export { lockUntilCommit, withFreeLock, withLock } from "./locks";
export { execute, query } from "./sql";
export { rowOf, rowsOf, writtenBy } from "./statements";
export { type Db, inSnapshot, inTransaction, pooled, type Tx } from "./transaction";
