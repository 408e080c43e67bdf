import { randomInt } from "node:crypto";
import { secretCharacters } from "@/lib/kernel/secret-alphabets";

/**
 * A new random secret.
 * @param alphabet name of an alphabet (alphanumeric, hex, numeric) or the characters themselves
 */
export function newSecret(length: number, alphabet: string): string {
  const characters = secretCharacters(alphabet);
  let secret = "";
  for (let index = 0; index < length; index += 1) secret += characters[randomInt(characters.length)] ?? "";
  return secret;
}
