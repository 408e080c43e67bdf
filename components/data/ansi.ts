import { parseAnsiSequences } from "ansi-sequence-parser";

/** Part of a line with its style. */
export interface AnsiSpan {
  text: string;
  className?: string;
}

type Style = ReturnType<typeof parseAnsiSequences>[number];
type Color = NonNullable<Style["foreground"]>;
type ColorName = Extract<Color, { type: "named" }>["name"];

/** Our tokens for the colors of programs. Black and white would vanish on one of the two themes. */
const colors: Partial<Record<ColorName, string>> = {
  red: "text-bad-ink",
  green: "text-good-ink",
  yellow: "text-warning-ink",
  blue: "text-accent-ink",
  magenta: "text-chart-4",
  cyan: "text-chart-2",
  brightBlack: "text-muted",
  brightRed: "text-bad-ink",
  brightGreen: "text-good-ink",
  brightYellow: "text-warning-ink",
  brightBlue: "text-accent-ink",
  brightMagenta: "text-chart-4",
  brightCyan: "text-chart-2",
};

/** The first colors of the table of 256, which are the named ones. */
const tableNames: readonly ColorName[] = [
  ...(["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const),
  ...(["brightBlack", "brightRed", "brightGreen", "brightYellow"] as const),
  ...(["brightBlue", "brightMagenta", "brightCyan", "brightWhite"] as const),
];

const decorations: Partial<Record<string, string>> = {
  bold: "font-semibold",
  dim: "opacity-70",
  italic: "italic",
  underline: "underline",
  strikethrough: "line-through",
};

const ESC = "\u001b";
/** CSI sequences, OSC sequences (titles, links) and two-character escapes. */
const sequence = new RegExp(
  `${ESC}\\[[0-9;:?<=>]*[ -/]*(?:[@-~]|$)|${ESC}\\][^\\u0007${ESC}]*(?:\\u0007|${ESC}\\\\)?|${ESC}[@-Z\\\\-_]`,
  "g",
);
const style = new RegExp(`^${ESC}\\[([0-9;]*)m$`);

/** The text without escape sequences and control characters. */
export function stripAnsi(line: string): string {
  return clean(line.includes(ESC) ? line.replace(sequence, "") : line);
}

/** The line as spans with colors and weight; every other escape sequence is dropped. */
export function parseAnsi(line: string): AnsiSpan[] {
  if (!line.includes(ESC)) return [{ text: clean(line) }];
  return parseAnsiSequences(line.replace(sequence, keepStyle)).map((span) => ({
    text: clean(span.value),
    className: classOf(span),
  }));
}

/** The parser knows styles only, each code written out: an empty one is a reset. */
function keepStyle(found: string): string {
  const codes = style.exec(found)?.[1];
  return codes === undefined ? "" : `${ESC}[${codes.replace(/(^|;)(?=;|$)/g, "$10")}m`;
}

function classOf({ foreground, decorations: own }: Style): string {
  const name = foreground && nameOf(foreground);
  return [name && colors[name], ...[...own].map((one) => decorations[one])].filter(Boolean).join(" ");
}

/** Colors without a name are left out: they suit one theme at most. */
function nameOf(color: Color): ColorName | undefined {
  if (color.type === "named") return color.name;
  return color.type === "table" ? tableNames[color.index] : undefined;
}

function clean(text: string): string {
  // A carriage return rewrites the line in a terminal: what was written last is what people saw.
  const shown = text.slice(text.lastIndexOf("\r", text.length - 2) + 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return shown.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}
