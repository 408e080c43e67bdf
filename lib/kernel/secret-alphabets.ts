/** Alphabets that a template may name. Alphanumeric leaves out what people mistake for each other: I, O, l, 0, 1. */
const named: Readonly<Record<string, string>> = {
  alphanumeric: "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789",
  hex: "0123456789abcdef",
  numeric: "0123456789",
};

/**
 * The characters a generated secret is made of, each once.
 * @param alphabet a name (alphanumeric, hex, numeric) or the characters themselves
 */
export function secretCharacters(alphabet: string): readonly string[] {
  return [...new Set(Object.hasOwn(named, alphabet) ? named[alphabet] : alphabet)];
}

/** What guessing a generated secret takes, as OWASP ASVS 11.5.1 demands it of random values. */
export const minimumSecretBits = 128;

/** How long a secret of these characters must be to have `minimumSecretBits`; Infinity for a single character. */
export function minimumSecretLength(alphabet: string): number {
  return Math.ceil(minimumSecretBits / Math.log2(secretCharacters(alphabet).length));
}
