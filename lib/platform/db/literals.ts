/** A list of words for `IN` in raw SQL. For names that code knows, never for what users wrote. */
export function inSql(words: readonly string[]): string {
  const odd = words.find((word) => !/^[a-z_ ]+$/.test(word));
  if (odd !== undefined) throw new TypeError(`${odd} is no name.`);
  return `(${words.map((word) => `'${word}'`).join(", ")})`;
}
