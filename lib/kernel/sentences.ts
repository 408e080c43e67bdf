/** Sentences in a row; one that ends without a mark gets its full stop. What is missing or empty is left out. */
export function sentences(...parts: readonly (string | null | undefined)[]): string {
  const given = parts.flatMap((part) => part?.trim() || []);
  return given.map((part, index) => (index < given.length - 1 ? ended(part) : part)).join(" ");
}

const ended = (part: string) => (/[.!?…:]["”’)]*$/.test(part) ? part : `${part}.`);
