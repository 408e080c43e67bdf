import { randomInt } from "node:crypto";

const alphabets: Record<string, string> = {
  alphanumeric: "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789",
  hex: "0123456789abcdef",
  numeric: "0123456789",
};

/**
 * A new random secret.
 * @param alphabet name of an alphabet (alphanumeric, hex, numeric) or the characters themselves
 */
export function newSecret(length: number, alphabet: string): string {
  const characters = [...new Set(alphabets[alphabet] ?? alphabet)];
  let secret = "";
  for (let index = 0; index < length; index += 1) secret += characters[randomInt(characters.length)] ?? "";
  return secret;
}
