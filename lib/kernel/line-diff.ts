import { diffArrays } from "diff";

export interface DiffLine {
  kind: "same" | "added" | "removed" | "skipped";
  text: string;
  /** 1-based in the new text, or in the old one for a removed line. */
  line: number;
}

const contextLines = 3;
/** Changed lines of one comparison. Above it, all old lines and then all new ones are as useful, and free. */
const maxChangedLines = 2_000;

/** How many steps several comparisons may take together; one takes about half the square of its changed lines. */
export interface DiffBudget {
  steps: number;
}

/**
 * The changes between two texts by line, with a little of what is around them: the shortest ones (Myers), or all old
 * lines and then all new ones where more changed than the limit or what is left of the budget allows.
 */
export function lineDiff(
  before: string,
  after: string,
  budget: DiffBudget = { steps: Number.POSITIVE_INFINITY },
): DiffLine[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const maxEditLength = Math.min(maxChangedLines, Math.floor(Math.sqrt(2 * budget.steps)));
  const found = diffArrays(old, now, { maxEditLength });
  const changes = found ?? [
    { removed: true, added: false, value: old },
    { removed: false, added: true, value: now },
  ];
  const lines: DiffLine[] = [];
  const next = { old: 1, now: 1 };
  for (const { removed, added, value } of changes) {
    for (const text of value) {
      if (removed) lines.push({ kind: "removed", text, line: next.old });
      else lines.push({ kind: added ? "added" : "same", text, line: next.now });
      if (!added) next.old += 1;
      if (!removed) next.now += 1;
    }
  }
  const changed = found ? lines.filter(({ kind }) => kind !== "same").length : maxEditLength;
  budget.steps -= changed ** 2 / 2;
  return fold(lines);
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** Long stretches without a change become one line that says how many were left out. */
function fold(lines: readonly DiffLine[]): DiffLine[] {
  const near = new Uint8Array(lines.length);
  for (const [index, line] of lines.entries()) {
    if (line.kind === "same") continue;
    near.fill(1, Math.max(0, index - contextLines), Math.min(lines.length, index + contextLines + 1));
  }
  const folded: DiffLine[] = [];
  let left = 0;
  for (const [index, line] of lines.entries()) {
    if (near[index] === 1) {
      if (left > 0) folded.push({ kind: "skipped", text: String(left), line: line.line });
      left = 0;
      folded.push(line);
    } else {
      left += 1;
    }
  }
  if (left > 0 && folded.length > 0) folded.push({ kind: "skipped", text: String(left), line: lines.length });
  return folded;
}
