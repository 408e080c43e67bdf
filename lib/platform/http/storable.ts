import { AppError } from "@/lib/kernel/errors";

/** Deeper than any value of ours, far less deep than what would exhaust the stack of code that recurses. */
const maxDepth = 64;

interface Item {
  value: unknown;
  path: string;
  depth: number;
}

/**
 * Refuses what PostgreSQL can keep in no text or JSON column, before it gets anywhere: the character U+0000 and halves of
 * surrogate pairs; and JSON nested so deep that walking it would exhaust the stack. Walks with a list, not by recursion.
 * @throws AppError `invalid_request` for the depth, `validation_failed` naming the value for a character
 */
export function requireStorable(root: unknown): void {
  const waiting: Item[] = [{ value: root, path: "", depth: 0 }];
  for (let item = waiting.pop(); item; item = waiting.pop()) {
    const { value, path, depth } = item;
    if (typeof value === "string") {
      requireText(value, path);
      continue;
    }
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) continue;
    if (depth >= maxDepth) {
      throw new AppError("invalid_request", `The body is nested deeper than ${maxDepth} levels.`);
    }
    for (const [key, inner] of Object.entries(value)) {
      requireText(key, path);
      waiting.push({ value: inner, path: path ? `${path}.${key}` : key, depth: depth + 1 });
    }
  }
}

function requireText(text: string, path: string): void {
  if (!/[\0\p{Surrogate}]/u.test(text)) return;
  const message = "contains a character that is not allowed (U+0000 or half of a surrogate pair)";
  throw new AppError("validation_failed", `${path || "The value"} ${message}.`, {
    problems: [{ path, message }],
  });
}
