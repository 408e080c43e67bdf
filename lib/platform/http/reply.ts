/** An answer with a status of its own; a handler that returns anything else answers 200 (204 for undefined). */
export class Reply {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Record<string, string> = {},
  ) {}
}

export function reply(status: number, body: unknown, headers?: Record<string, string>): Reply {
  return new Reply(status, body, headers);
}

/** 201 with the thing that was made. */
export function created(body: unknown, location?: string): Reply {
  return new Reply(201, body, location ? { location } : {});
}

/** 204. */
export function noContent(): Reply {
  return new Reply(204, undefined);
}

/** What a handler returned, as a Reply. `{status: <number>, body}` without other members counts as one. */
export function toReply(result: unknown): Reply {
  if (result instanceof Reply) return result;
  if (result === undefined) return noContent();
  if (isStatusAndBody(result)) return new Reply(result.status, result.body);
  return new Reply(200, result);
}

function isStatusAndBody(value: unknown): value is { status: number; body: unknown } {
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(value);
  return keys.length === 2 && keys.includes("body") && "status" in value && typeof value.status === "number";
}

/** JSON in which what JSON does not know has its usual form: bigint as a number while it is exact, else a string. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== "bigint") return item;
    return Number.isSafeInteger(Number(item)) ? Number(item) : String(item);
  });
}
