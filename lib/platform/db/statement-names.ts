import { createHash } from "node:crypto";

/** A connection keeps each prepared statement and its plan for as long as it lives. */
const mostNames = 300;

const names = new Map<string, string>();

/**
 * The name under which a statement whose text is put together is prepared: the same for the same text, so that PostgreSQL
 * plans it once per connection. Undefined beyond the first 300 texts, which are sent as they are.
 */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = `s_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
  names.set(text, name);
  return name;
}
