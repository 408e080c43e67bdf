/**
 * The address people open: the template's output `url`, else the shortest of its addresses (a page is above what is below
 * it). Not the first one: outputs have no order of their own, and an API would be opened instead of its application.
 */
export function mainUrl(outputs: Readonly<Record<string, unknown>>): string | null {
  const isUrl = (value: unknown): value is string => typeof value === "string" && /^https?:\/\//.test(value);
  if (isUrl(outputs.url)) return outputs.url;
  const urls = Object.values(outputs).filter(isUrl);
  return urls.sort((left, right) => left.length - right.length)[0] ?? null;
}
