import { AppError } from "@/lib/kernel/errors";
import { getConfig } from "@/lib/platform/config";

/** Words of the product that stand in no one's password but for themselves. */
const productWords = ["rostrum", "password", "passwort", "administrator", "admin", "welcome", "changeme"];
/** A password of a person's or the product's words with a few characters around them is guessed first. */
const leastOwnCharacters = 6;
const shortestWord = 4;

/** How long a password that Rostrum or someone else made up opens an account. */
export const initialPasswordDays = 7;

/** Whose password it is going to be. */
export interface PasswordOwner {
  email: string;
  name?: string;
}

/** When a password made up now for someone else ends. */
export function initialPasswordEnd(now = new Date()): Date {
  return new Date(now.getTime() + initialPasswordDays * 24 * 3_600_000);
}

/**
 * Refuses a password that many people have used (a list of 50,000 from published breaches) or that consists of the
 * person's own words: name, e-mail address, the portal's host, the product.
 * @throws AppError `validation_failed` at `field`
 */
export async function requireGoodPassword(
  password: string,
  owner: PasswordOwner,
  field = "password",
): Promise<void> {
  const message = await findPasswordProblem(password, owner);
  if (message) throw new AppError("validation_failed", message, { problems: [{ path: field, message }] });
}

/** What is wrong with a password, as a sentence; null for a good one. */
export async function findPasswordProblem(password: string, owner: PasswordOwner): Promise<string | null> {
  const lower = password.normalize("NFKC").toLowerCase();
  // Half a megabyte of texts that only someone who sets a password needs.
  const { default: common } = await import("fxa-common-password-list");
  if (common.test(password) || common.test(lower))
    return "This password is commonly used and easy to guess. Use another one.";
  if (countOwnCharacters(lower, wordsOf(owner)) < leastOwnCharacters)
    return "This password is based on your name, your email address or the name of this portal. Use another one.";
  return null;
}

/** Characters left once the words are taken out. */
function countOwnCharacters(password: string, words: readonly string[]): number {
  return words.reduce((text, word) => text.replaceAll(word, ""), password).length;
}

function wordsOf({ email, name = "" }: PasswordOwner): string[] {
  const host = new URL(getConfig().publicUrl).hostname;
  const parts = [email, name, host].flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  const words = [...productWords, ...parts].filter((word) => word.length >= shortestWord);
  // Longest first: a word may contain another one.
  return [...new Set(words)].sort((left, right) => right.length - left.length);
}
