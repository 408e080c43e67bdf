import { z } from "zod";

/**
 * Characters that change how a text is shown without being seen: control characters but for tab and line breaks, the
 * directions that turn a line around (Trojan Source, CVE-2021-42574), separators of lines a terminal does not know, and
 * characters without width. The joiners U+200C and U+200D stay: languages and emoji are written with them.
 */
const hidden =
  "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb";
const hiddenPattern = new RegExp(`[${hidden}]`, "u");
const unprintable = new RegExp(`[${hidden}\\t\\n\\r]`, "gu");
const unprintableButLines = new RegExp(`[${hidden}\\r]`, "gu");

/** The first hidden character of a text as people name it ("U+001B"), and where it stands; null without one. */
export function findHidden(text: string): { name: string; index: number } | null {
  const found = hiddenPattern.exec(text);
  return found && { name: `U+${codeOf(found[0]).toUpperCase()}`, index: found.index };
}

const codeOf = (character: string) => (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");

/** A text for a terminal: what would move its cursor or hide in it is written out as "\u001b". Stays one line. */
export function escapeLine(text: string): string {
  return text.replace(unprintable, (character) => `\\u${codeOf(character)}`);
}

/** The same for a text of several lines. */
export function escapeLines(text: string): string {
  return text.replace(unprintableButLines, (character) => `\\u${codeOf(character)}`);
}

/**
 * A name, a title, a label: one line that means what it shows. Every text of a request that people read as one line has
 * this type; longer ones (reasons, notes) may have line breaks. Hidden characters are refused in both, by the wrapper of
 * all routes.
 */
export function lineText(most: number, missing = "must not be empty") {
  return z
    .string()
    .trim()
    .min(1, missing)
    .max(most, `use at most ${most} characters`)
    .regex(/^[^\t\n\r]*$/, "must be one line without tabs");
}
