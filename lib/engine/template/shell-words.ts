/**
 * Splits a command line into arguments the way Compose does: blanks separate, quotes and backslashes keep
 * together, nothing is expanded. An expression stays one piece, whatever blanks and quotes are inside it.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (line.startsWith("${{", at)) {
      const end = line.indexOf("}}", at);
      const stop = end < 0 ? line.length : end + 2;
      word = (word ?? "") + line.slice(at, stop);
      at = stop - 1;
    } else if (char === "\\" && quote !== "'" && at + 1 < line.length) {
      word = (word ?? "") + line.charAt(++at);
    } else if (quote) {
      if (char === quote) quote = undefined;
      else word = (word ?? "") + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
