import { z } from "zod";
import { lengthOf } from "./values/rules";

/**
 * Characters that change how a text is shown without being seen, whatever stands around them: control characters but
 * for tab and line breaks, separators of lines a terminal does not know, annotations, the empty Braille pattern, and
 * everything that Unicode says is ignored where it can't be drawn (Default_Ignorable_Code_Point): the directions that
 * turn a line around (Trojan Source, CVE-2021-42574), soft hyphens, fillers, tags, most variation selectors.
 */
const always =
  "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u2800\\ufff9-\\ufffb";
/**
 * Ignorable characters that some scripts and emoji can't be written without. They are hidden everywhere else: a name
 * with one behind a Latin letter is the invisible twin of another name.
 */
const needed = "\\u200c\\u200d\\ufe0e\\ufe0f\\u180b-\\u180f";
const ignorable = `(?![${needed}])\\p{Default_Ignorable_Code_Point}`;
/** Scripts whose letters join, and the marks (virama) that join those of India. */
const joining =
  "[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Nko}\\p{Script=Mandaic}]";
const virama =
  "[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca\\u0f84\\u1039\\u17d2\\ua9c0\\u{11046}]";
const emoji = "[\\p{Extended_Pictographic}\\p{Emoji_Modifier}]\\ufe0f?";
const misplaced = [
  // A joiner between joining letters or behind a virama; the zero width joiner also between emoji.
  `(?<!${virama})(?<!${joining}\\p{M}*(?=[\\u200c\\u200d]${joining}))(?<!${emoji}(?=\\u200d\\p{Extended_Pictographic}))[\\u200c\\u200d]`,
  // The choice between a picture and a sign: behind a pictograph, and within a keycap.
  "(?<!\\p{Extended_Pictographic})(?<![0-9#*](?=[\\ufe0e\\ufe0f]\\u20e3))[\\ufe0e\\ufe0f]",
  "(?<!\\p{Script=Mongolian})[\\u180b-\\u180f]",
].join("|");
const hidden = `[${always}]|${ignorable}|${misplaced}`;
const hiddenPattern = new RegExp(hidden, "u");
const unprintable = new RegExp(`${hidden}|[\\t\\n\\r]`, "gu");
const unprintableButLines = new RegExp(`${hidden}|\\r`, "gu");

/** The first hidden character of a text as people name it ("U+001B"), and where it stands; null without one. */
export function findHidden(text: string): { name: string; index: number } | null {
  const found = hiddenPattern.exec(text);
  return found && { name: `U+${hexOf(found[0]).toUpperCase()}`, index: found.index };
}

const hexOf = (character: string) => (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");

/** A character as JSON writes it: "\\u001b", two of these for one beyond U+FFFF. */
function written(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/** A text for a terminal: what would move its cursor or hide in it is written out as "\u001b". Stays one line. */
export function escapeLine(text: string): string {
  return text.replace(unprintable, written);
}

/** The same for a text of several lines. */
export function escapeLines(text: string): string {
  return text.replace(unprintableButLines, written);
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
    .regex(/^[^\t\n\r]*$/, "must be one line without tabs")
    .refine((text) => lengthOf(text) <= most, `use at most ${most} characters`)
    .meta({ maxLength: most });
}
