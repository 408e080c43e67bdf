export interface DiffLine {
  kind: "same" | "added" | "removed" | "skipped";
  text: string;
  /** 1-based in the new text, or in the old one for a removed line. */
  line: number;
}

const contextLines = 3;
/** Above this the table of the longest common subsequence would weigh too much: all old lines, then all new ones. */
const maxCells = 4_000_000;

/** How many cells of tables several comparisons may fill together; each takes what it needs. */
export interface DiffBudget {
  cells: number;
}

/**
 * The changes between two texts by line, with a little of what is around them. Longest common subsequence; where its
 * table would be too large, or larger than what is left of the budget, all old lines and then all new ones.
 */
export function lineDiff(
  before: string,
  after: string,
  budget: DiffBudget = { cells: maxCells },
): DiffLine[] {
  const old = before === "" ? [] : before.replace(/\n$/, "").split("\n");
  const now = after === "" ? [] : after.replace(/\n$/, "").split("\n");
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  ) {
    tail += 1;
  }
  const same = (index: number): DiffLine => ({ kind: "same", text: now[index] ?? "", line: index + 1 });
  const middle = compare(
    old.slice(head, old.length - tail),
    now.slice(head, now.length - tail),
    head,
    budget,
  );
  const lines = [
    ...now.slice(0, head).map((_, index) => same(index)),
    ...middle,
    ...now.slice(now.length - tail).map((_, index) => same(now.length - tail + index)),
  ];
  return fold(tail === 0 ? lines.slice(0, head + middle.length) : lines);
}

function compare(
  old: readonly string[],
  now: readonly string[],
  offset: number,
  budget: DiffBudget,
): DiffLine[] {
  const removed = (index: number): DiffLine => ({
    kind: "removed",
    text: old[index] ?? "",
    line: offset + index + 1,
  });
  const added = (index: number): DiffLine => ({
    kind: "added",
    text: now[index] ?? "",
    line: offset + index + 1,
  });
  const cells = old.length * now.length;
  if (cells > Math.min(maxCells, budget.cells)) {
    return [...old.map((_, index) => removed(index)), ...now.map((_, index) => added(index))];
  }
  budget.cells -= cells;
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number) => longest[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      longest[row * width + column] =
        old[row] === now[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) {
      lines.push({ kind: "same", text: now[column] ?? "", line: offset + column + 1 });
      row += 1;
      column += 1;
    } else if (row < old.length && (column >= now.length || at(row + 1, column) >= at(row, column + 1))) {
      lines.push(removed(row));
      row += 1;
    } else {
      lines.push(added(column));
      column += 1;
    }
  }
  return lines;
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
