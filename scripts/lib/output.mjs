/** What the commands print: short, one line per thing. */
const isTerminal = process.stdout.isTTY === true;
const paint = (code, text) => (isTerminal ? `\u001b[${code}m${plain(text)}\u001b[0m` : plain(text));

// As lib/kernel/text.ts, which is not built yet when this is needed first; what some scripts and emoji need stays.
const unprintable =
  /[\p{Cc}\u2028\u2029\u2800\ufff9-\ufffb]|(?!\u200c|\u200d|\ufe0e|\ufe0f|\u180b|\u180c|\u180d|\u180e|\u180f)\p{Default_Ignorable_Code_Point}/gu;

/** A text that may come from elsewhere (a log, a name): what would move a terminal's cursor is written out. */
export function plain(text) {
  const unit = (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return text.replace(unprintable, (one) => one.split("").map(unit).join(""));
}

export const bold = (text) => paint("1", text);
export const dim = (text) => paint("2", text);
export const red = (text) => paint("31", text);

/** A failure whose message is all that an operator needs; no stack is shown. */
export class Halt extends Error {}

// A terminal that was closed, or a pipe no one reads any more, must not end what is being stopped in order.
process.stdout.on("error", () => {});

export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Prints `label … 1.2 s` around a piece of work. */
export async function timed(label, work) {
  const startedMs = Date.now();
  if (isTerminal) process.stdout.write(`  ${label} …`);
  try {
    const result = await work();
    process.stdout.write(`${isTerminal ? "\r" : ""}  ${label} ${dim(seconds(Date.now() - startedMs))}  \n`);
    return result;
  } catch (error) {
    if (isTerminal) process.stdout.write("\n");
    throw error;
  }
}

export function seconds(ms) {
  return ms < 100 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Lines in a frame. */
export function box(lines) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colors have no width
  const widthOf = (text) => text.replaceAll(/\u001b\[\d+m/g, "").length;
  const width = Math.max(...lines.map(widthOf));
  const rows = lines.map((line) => `  │ ${line}${" ".repeat(width - widthOf(line))} │`);
  const rule = "─".repeat(width + 2);
  return ["", `  ╭${rule}╮`, ...rows, `  ╰${rule}╯`, ""].join("\n");
}
