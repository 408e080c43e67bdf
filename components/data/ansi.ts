/** Colors programs write into their logs, as tokens of ours; every other escape sequence is dropped. */

export interface AnsiSpan {
  text: string;
  className?: string;
}

const colors: Record<number, string> = {
  31: "text-bad-ink",
  32: "text-good-ink",
  33: "text-warning-ink",
  34: "text-accent-ink",
  35: "text-chart-4",
  36: "text-chart-2",
  90: "text-muted",
};

const ESC = "\u001b";
// CSI sequences, OSC sequences (titles, links) and two-character escapes.
const SEQUENCE = new RegExp(
  `${ESC}\\[([0-9;?]*)([ -/]*[@-~])|${ESC}\\][^\\u0007${ESC}]*(?:\\u0007|${ESC}\\\\)?|${ESC}[@-Z\\\\-_]`,
  "g",
);

/** The text without escape sequences and control characters. */
export function stripAnsi(line: string): string {
  return clean(line.replace(SEQUENCE, ""));
}

/** The line as spans with color and weight. */
export function parseAnsi(line: string): AnsiSpan[] {
  if (!line.includes(ESC)) return [{ text: clean(line) }];
  const spans: AnsiSpan[] = [];
  let color: string | undefined;
  let bold = false;
  let from = 0;
  const push = (text: string) => {
    if (text)
      spans.push({
        text: clean(text),
        className: [color, bold && "font-semibold"].filter(Boolean).join(" "),
      });
  };
  for (const match of line.matchAll(SEQUENCE)) {
    push(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] !== "m") continue;
    for (const code of (match[1] || "0").split(";").map(Number)) {
      if (code === 0) {
        color = undefined;
        bold = false;
      } else if (code === 1) bold = true;
      else if (code === 22) bold = false;
      else if (code === 39) color = undefined;
      else color = colors[code] ?? colors[code - 60] ?? color;
    }
  }
  push(line.slice(from));
  return spans;
}

function clean(text: string): string {
  // A carriage return rewrites the line in a terminal: what was written last is what people saw.
  const shown = text.slice(text.lastIndexOf("\r", text.length - 2) + 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return shown.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}
