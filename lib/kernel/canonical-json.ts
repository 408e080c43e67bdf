/** Keys that JSON writes as they are. */
const plainKey = /^[\w.-]*$/;

/** JSON with sorted keys and without undefined values: equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object" || value instanceof Date) {
    return JSON.stringify(value) ?? "null";
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const record = value as Record<string, unknown>;
  let text = "";
  for (const key of Object.keys(record).sort()) {
    const item = record[key];
    if (item === undefined) continue;
    if (text !== "") text += ",";
    text += plainKey.test(key) ? `"${key}":` : `${JSON.stringify(key)}:`;
    text += canonicalJson(item);
  }
  return `{${text}}`;
}
