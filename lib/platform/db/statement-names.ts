import { createHash } from "node:crypto";

/** A connection keeps each prepared statement and its plan for as long as it lives. */
const mostNames = 300;
/** Lists with filters have a text for every combination, most of which come once: those must not use up the names. */
const usesBeforeName = 3;
const mostCounted = 2_000;

const names = new Map<string, string>();
const uses = new Map<string, number>();

/**
 * The name under which a statement whose text is put together is prepared: the same for the same text, so that PostgreSQL
 * plans it once per connection. Undefined until its third use, and when 300 texts have names: those are sent as they are.
 */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const count = (uses.get(text) ?? 0) + 1;
  if (count < usesBeforeName) {
    // Counted again, it is the newest: the texts that come seldom are forgotten.
    uses.delete(text);
    uses.set(text, count);
    if (uses.size > mostCounted) uses.delete(uses.keys().next().value ?? "");
    return undefined;
  }
  uses.delete(text);
  const name = `s_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
  names.set(text, name);
  return name;
}
