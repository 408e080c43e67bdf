/** A person's words for SQL's LIKE and ILIKE: `%`, `_` and `\\` stand for themselves. */
export function likeText(words: string): string {
  return words.replaceAll(/[\\%_]/g, "\\$&");
}
