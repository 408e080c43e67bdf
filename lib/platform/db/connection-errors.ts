/** Of the network and of PostgreSQL: the server or the connection went away, or comes up just now. */
const awayCodes = new Set([
  ...[
    "ECONNREFUSED",
    "ECONNRESET",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTFOUND",
    "EAI_AGAIN",
  ],
  ...["57P01", "57P02", "57P03", "57P05", "25P03"],
  // Prisma: not reachable, timed out, closed the connection, no connection of the pool in time.
  ...["P1001", "P1002", "P1008", "P1017", "P2024"],
]);
/** Too many connections, out of memory or disk there, and a server that became a standby. */
const overloadedCodes = new Set(["53000", "53100", "53200", "53300", "53400", "25006", "P2037"]);
/** What Prisma's adapter calls them. */
const awayKinds = new Set([
  ...[
    "DatabaseNotReachable",
    "ConnectionClosed",
    "SocketTimeout",
    "TlsConnectionError",
    "TransactionStartTimeout",
  ],
]);
const awayMessage =
  /Connection terminated|connection timeout|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed and is not queryable|Unable to start a transaction in the given time/i;

/** Whether an error means that the server or the connection went away, so that trying again is right. */
export function isConnectionError(error: unknown): boolean {
  return someCause(error, (one) => {
    if (awayCodes.has(one.code) || one.code.startsWith("08") || awayKinds.has(one.kind)) return true;
    return awayMessage.test(one.message);
  });
}

/** The database gave no sign of life for as long as it was waited for. */
export class SilentDatabaseError extends Error {
  override readonly name = "SilentDatabaseError";
}

/**
 * Whether the database cannot serve anybody at this moment: it is away, or has no connection, memory or disk left. What
 * the caller asked for was not wrong, and may work in a moment.
 */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof SilentDatabaseError || isConnectionError(error)) return true;
  return someCause(error, (one) => {
    const isFull = overloadedCodes.has(one.code) || overloadedCodes.has(one.originalCode);
    return isFull || one.kind === "TooManyConnections";
  });
}

interface Facts {
  code: string;
  originalCode: string;
  kind: string;
  message: string;
}

/** Prisma wraps what its adapter says of what the driver said; a name with two addresses fails twice. */
function someCause(error: unknown, holds: (facts: Facts) => boolean, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 5) return false;
  const { name, code, originalCode, kind, message, cause, errors } = error as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const facts = {
    code: text(code),
    originalCode: text(originalCode),
    kind: text(kind),
    message: text(message),
  };
  if (holds(facts)) return true;
  // Of others (a cloud that is away) the cause says nothing about the database.
  const isWrapped = /^(Prisma|DriverAdapter)/.test(text(name)) || depth > 0;
  if (isWrapped && someCause(cause, holds, depth + 1)) return true;
  return Array.isArray(errors) && errors.some((one) => someCause(one, holds, depth + 1));
}
