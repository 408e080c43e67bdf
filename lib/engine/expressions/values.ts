/** Stands in a scope, at any depth, for a value that is not known before something has been applied. */
export const UNKNOWN: unique symbol = Symbol.for("rostrum.unknown");
export type Unknown = typeof UNKNOWN;

export function isUnknown(value: unknown): value is Unknown {
  return value === UNKNOWN;
}

/** Stands in a scope for a value that must not be shown: whatever is computed from it is reported as secret. */
export class Sensitive {
  constructor(readonly value: unknown) {}
}

/** Marks a value (or UNKNOWN) as secret; marking twice changes nothing. */
export function sensitive(value: unknown): Sensitive {
  return value instanceof Sensitive ? value : new Sensitive(value);
}

/** Thrown inside an evaluation that reads an unknown value, so that no operator can mistake it for a known one. */
export class UnknownRead extends Error {
  override readonly name = "UnknownRead";
}

/** One for all: making an error with its stack a thousand times a plan is what costs. */
const unknownRead = new UnknownRead("unknown until applied");

/** What an evaluation has read so far. */
export type Reads = { secret: boolean; unknown: boolean };

/**
 * A view of a scope that tells what was read from it: an unknown value throws, a secret one is unwrapped
 * and noted. CEL looks only at own keys, `constructor` and elements, which the proxy passes through.
 */
export function guarded<T extends object>(target: T, reads: Reads): T {
  // A proxy must answer a frozen property with the very same object; a copy of one level is free of that.
  const open = Object.isFrozen(target) ? (Array.isArray(target) ? [...target] : { ...target }) : target;
  return new Proxy(open as T, {
    get: (object, key, receiver) => guardedValue(Reflect.get(object, key, receiver), reads),
  });
}

function guardedValue(given: unknown, reads: Reads): unknown {
  let value = given;
  if (value instanceof Sensitive) {
    reads.secret = true;
    value = value.value;
  }
  if (isUnknown(value)) {
    reads.unknown = true;
    throw unknownRead;
  }
  const isData = typeof value === "object" && value !== null;
  return isData ? guarded(value as object, reads) : value;
}
