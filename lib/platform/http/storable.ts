import { AppError } from "@/lib/kernel/errors";
import { findHidden } from "@/lib/kernel/text";

/** Deeper than any value of ours, far less deep than what would exhaust the stack of code that recurses. */
const maxDepth = 64;

interface Item {
  value: unknown;
  path: string;
  depth: number;
}

/**
 * Refuses what PostgreSQL can keep in no text or JSON column, before it gets anywhere: the character U+0000 and halves of
 * surrogate pairs; and JSON nested so deep that walking it would exhaust the stack. Also what would show as something
 * else than it is, on a page or in an operator's terminal: control and invisible characters, in every text but one that is
 * the whole body (a manifest, whose parser names the line). Walks with a list, not by recursion.
 * @throws AppError `invalid_request` for the depth, `validation_failed` naming the value for a character
 */
export function requireStorable(root: unknown): void {
  const waiting: Item[] = [{ value: root, path: "", depth: 0 }];
  for (let item = waiting.pop(); item; item = waiting.pop()) {
    const { value, path, depth } = item;
    if (typeof value === "string") {
      requireText(value, path, depth > 0);
      continue;
    }
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) continue;
    if (depth >= maxDepth) {
      throw new AppError("invalid_request", `The body is nested deeper than ${maxDepth} levels.`);
    }
    for (const [key, inner] of Object.entries(value)) {
      requireText(key, path, true);
      requireOwnName(key, path);
      waiting.push({ value: inner, path: path ? `${path}.${key}` : key, depth: depth + 1 });
    }
  }
}

/**
 * A name in a map of values that programs read as an object's ancestry, and drop or follow instead of keeping it. At the top
 * of a body are the fields of a schema, where it is one that no schema has.
 */
function requireOwnName(key: string, path: string): void {
  if (key !== "__proto__" || path === "") return;
  const message = 'has a key "__proto__", which is not allowed';
  throw new AppError("validation_failed", `${path} ${message}.`, {
    problems: [{ path: `${path}.${key}`, message }],
  });
}

function requireText(text: string, path: string, inside: boolean): void {
  const hidden = inside ? (findHidden(text)?.name ?? null) : null;
  if (hidden === null && !/[\0\p{Surrogate}]/u.test(text)) return;
  const message =
    hidden === null || hidden === "U+0000"
      ? "contains a character that is not allowed (U+0000 or half of a surrogate pair)"
      : `contains a control or invisible character that is not allowed (${hidden})`;
  throw new AppError("validation_failed", `${path || "The value"} ${message}.`, {
    problems: [{ path, message }],
  });
}
