/** Maps of an implementation in which an entry that has no value is left out. */
const maps = new Set(["environment", "labels", "options"]);
/** Lists of words in which a word that has no value is empty: to leave it out would move the others. */
const words = new Set(["args", "command", "entrypoint", "prepare", "run", "remove"]);

/**
 * An implementation block without what was not given: an expression alone in a text gives null where an optional
 * parameter or secret has no value.
 */
export function withoutUnset(spec: Record<string, unknown>): Record<string, unknown> {
  let clean = spec;
  for (const [key, value] of Object.entries(spec)) {
    if (maps.has(key) && isRecord(value)) {
      if (Object.values(value).includes(null)) {
        clean = {
          ...clean,
          [key]: Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null)),
        };
      }
    } else if (words.has(key) && Array.isArray(value)) {
      clean = { ...clean, [key]: filled(value) };
    }
  }
  return clean;
}

function filled(list: readonly unknown[]): unknown[] {
  return list.map((item) => (Array.isArray(item) ? filled(item) : (item ?? "")));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
