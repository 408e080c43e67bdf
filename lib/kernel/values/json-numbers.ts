import { numberLoss } from "./numbers";

/** A number of a JSON text that would not arrive as written, and where it stands ("parameters.ports.0"). */
export interface InexactNumber {
  path: string;
  text: string;
}

interface Frame {
  isList: boolean;
  key: string;
  index: number;
  /** In a map: whether the next text is a key. */
  atKey: boolean;
}

const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[[\]{},:]/g;

/**
 * The first number of a valid JSON text whose digits JSON.parse would lose, or undefined: it must be found in the text,
 * because afterwards it looks like any other. Walks with a list, not by recursion.
 */
export function inexactJsonNumber(text: string): InexactNumber | undefined {
  const frames: Frame[] = [];
  for (const [piece] of text.matchAll(token)) {
    const top = frames.at(-1);
    const [first = ""] = piece;
    if (first === "{" || first === "[")
      frames.push({ isList: first === "[", key: "", index: 0, atKey: true });
    else if (first === "}" || first === "]") frames.pop();
    else if (first === "," && top) {
      top.index += 1;
      top.atKey = true;
    } else if (first === ":" && top) top.atKey = false;
    else if (first === '"' && top && !top.isList && top.atKey) top.key = piece.slice(1, -1);
    else if (/[-\d]/.test(first) && numberLoss(piece)) return { path: pathOf(frames), text: piece };
  }
  return undefined;
}

function pathOf(frames: readonly Frame[]): string {
  return frames.map((frame) => (frame.isList ? String(frame.index) : frame.key)).join(".");
}
