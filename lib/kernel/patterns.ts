import { RE2JS } from "re2js";

/**
 * Regular expressions from templates, read as RE2 reads them (as CEL prescribes): the time of a match grows
 * linearly with the text, whatever the pattern. JavaScript's own engine tries again from every point, so that
 * `^(a+)+$` and thirty letters stop a process for a minute.
 */
export type Pattern = {
  source: string;
  test(text: string): boolean;
  /** The source: Ajv tells patterns apart by it. */
  toString(): string;
};

/** Repeats are written out by the engine: `(…){1000}` is a thousand copies. */
const maxStates = 2_000;
/** States times characters of one match; about half a second. */
const maxWork = 20_000_000;
const cacheLimit = 2_000;

const cache = new Map<string, Pattern>();

/** Why a text is no pattern, in words that end a sentence starting with the pattern. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/**
 * Reads a pattern; the same text is read once.
 * @throws PatternError for bad syntax, for what linear time cannot do (look-around, back-references), for size
 */
export function compilePattern(source: string): Pattern {
  const known = cache.get(source);
  if (known) return known;
  const pattern = compile(source);
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(source, pattern);
  return pattern;
}

function compile(source: string): Pattern {
  const states = statesOf(source);
  if (states > maxStates) throw new PatternError("repeats too much; use smaller counts");
  const program = read(source);
  const maxLength = Math.floor(maxWork / Math.max(1, states));
  return {
    source,
    toString: () => source,
    // Longer than anybody types: said to be no match rather than to keep everyone waiting.
    test: (text) => text.length <= maxLength && program.matcher(text).find(),
  };
}

function read(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source));
  } catch (error) {
    if (/\(\?<?[=!]|\\[1-9k]/.test(source)) {
      throw new PatternError("uses look-around or back-references, which aren’t supported", {
        cause: error,
      });
    }
    throw new PatternError("isn’t a valid regular expression", { cause: error });
  }
}

/** How many states the pattern has when its counted repeats are written out; an estimate from above. */
function statesOf(source: string): number {
  const open: number[] = [];
  let total = 0;
  let last = 0;
  const token = /\\[pP]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(|\)|\{\d+(?:,\d*)?\}|[\s\S]/gu;
  for (const [part] of source.matchAll(token)) {
    const repeat = /^\{(\d+)(?:,(\d*))?\}$/.exec(part);
    if (part === "(") {
      open.push(total);
      total = 0;
      last = 0;
    } else if (part === ")") {
      last = total + 1;
      total = (open.pop() ?? 0) + last;
    } else if (repeat) {
      const copies = Math.max(1, Number(repeat[1]), Number(repeat[2] ?? 0));
      total += last * (copies - 1);
      last *= copies;
    } else {
      last = 1;
      total += 1;
    }
    if (total > maxStates) return total;
  }
  return total + open.reduce((sum, size) => sum + size, 0);
}
