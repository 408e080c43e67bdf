/**
 * Placeholders of a process: `{port:8080}`, `{dir}`, `{data}` and `{volume:name}` in the texts of its template, filled in
 * by the cloud it runs in. Only the template writes them: what parameters, secrets and outputs bring stands as it is.
 */
const placeholder = /\{(port:(\d+)|data|dir|volume:([a-z0-9][a-z0-9_-]*))\}/g;

/** Stands behind a brace that begins no placeholder. A noncharacter, which no text of a person has. */
const mark = "\uffff";
const markedBrace = new RegExp(`\\{${mark}`, "g");

/** A piece of a text: written by the template, or a value that was put into it. */
export interface TextPiece {
  text: string;
  isValue: boolean;
}

export interface Placeholders {
  /** Logical port → real port. */
  ports: Record<string, number>;
  /** The component's own directory. */
  dir: string;
  /** Volume name → directory. */
  volumes: Record<string, string>;
}

/**
 * The text of its pieces in which only the template's own placeholders are filled later. A port or the name of a volume
 * may be a value (`{port:${{ parameters.port }}}`); everything else of a placeholder is written by the template.
 */
export function joinProtected(pieces: readonly TextPiece[]): string {
  const text = pieces.map((piece) => piece.text).join("");
  if (!text.includes("{")) return text;
  const isValue = valuePositions(pieces);
  const foreign = new Set<number>();
  for (const { index, 0: whole } of text.matchAll(placeholder)) {
    const head = /^\{(?:port:|volume:)?/.exec(whole)?.[0].length ?? 0;
    const written = head === 1 ? whole.length : head;
    const own = !isValue(index, index + written) && !isValue(index + whole.length - 1, index + whole.length);
    if (!own) foreign.add(index);
  }
  if (foreign.size === 0 && !text.includes(`{${mark}`)) return text;
  let joined = "";
  for (let at = 0; at < text.length; at += 1) {
    joined += text[at];
    if (text[at] === "{" && (foreign.has(at) || text[at + 1] === mark)) joined += mark;
  }
  return joined;
}

/** Whether any character of a range came with a value. */
function valuePositions(pieces: readonly TextPiece[]): (from: number, to: number) => boolean {
  const ranges: [number, number][] = [];
  let at = 0;
  for (const { text, isValue } of pieces) {
    if (isValue && text !== "") ranges.push([at, at + text.length]);
    at += text.length;
  }
  return (from, to) => ranges.some(([start, end]) => start < to && end > from);
}

/** A text as people know it: without what protects it. */
export function plainText(text: string): string {
  return text.replace(markedBrace, "{");
}

/** Puts real values for the placeholders of a text; `{data}` is the volume `data`, or the first. */
export function fillPlaceholders(text: string, values: Placeholders): string {
  const filled = text.replaceAll(placeholder, (whole, word: string, port?: string, volume?: string) => {
    if (port !== undefined) return protect(String(values.ports[port] ?? whole));
    if (volume !== undefined) return protect(values.volumes[volume] ?? whole);
    if (word === "dir") return protect(values.dir);
    return protect(values.volumes.data ?? Object.values(values.volumes)[0] ?? values.dir);
  });
  return plainText(filled);
}

/** What is filled in stands as it is too. */
function protect(text: string): string {
  return text.replaceAll(`{${mark}`, `{${mark}${mark}`);
}

/** Placeholders in a text that name a port or a volume which is not there. */
export function unknownPlaceholders(
  text: string,
  known: { ports: readonly number[]; volumes: ReadonlySet<string> },
): string[] {
  return [...text.matchAll(placeholder)]
    .filter(([, , port, volume]) =>
      port !== undefined
        ? !known.ports.includes(Number(port))
        : volume !== undefined && !known.volumes.has(volume),
    )
    .map(([whole]) => whole);
}
