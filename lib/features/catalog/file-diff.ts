import { type DiffBudget, lineDiff } from "@/lib/kernel/line-diff";
import { type FileDiff, fileLimits, type VersionFile } from "./schema";
import { textOf } from "./version-files";

/** What became of a file between two versions, without its content. */
export interface FileChange {
  path: string;
  change: FileDiff["change"];
  before: VersionFile | null;
  after: VersionFile | null;
}

/** Steps of the comparisons in one answer: a second of computing at most. */
const totalSteps = 10_000_000;

/** The files that were added, removed or have another content or executable bit, by path. Pure. */
export function changedFiles(before: readonly VersionFile[], after: readonly VersionFile[]): FileChange[] {
  const old = new Map(before.map((file) => [file.path, file]));
  const now = new Map(after.map((file) => [file.path, file]));
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.flatMap((path): FileChange[] => {
    const [was, is] = [old.get(path) ?? null, now.get(path) ?? null];
    if (was && is && was.sha256 === is.sha256 && was.executable === is.executable) return [];
    return [{ path, change: !was ? "added" : !is ? "removed" : "changed", before: was, after: is }];
  });
}

/** Which changed files are small enough to be read and compared, in their order, within the limit of all. Pure. */
export function comparable(changes: readonly FileChange[]): Set<string> {
  const chosen = new Set<string>();
  let total = 0;
  for (const { path, before, after } of changes) {
    const sizes = [before?.sizeBytes ?? 0, after?.sizeBytes ?? 0] as const;
    const sum = sizes[0] + sizes[1];
    if (Math.max(...sizes) > fileLimits.comparedBytes || total + sum > fileLimits.comparedTotalBytes)
      continue;
    total += sum;
    chosen.add(path);
  }
  return chosen;
}

/** Contents by path, of the files to compare. */
export type Contents = ReadonlyMap<string, Uint8Array>;

/**
 * The changes with a comparison by line where both sides are texts, within the limits; `restricted` leaves all contents
 * out. Pure.
 */
export function compareFiles(
  changes: readonly FileChange[],
  contents: { before: Contents; after: Contents } | "restricted",
): FileDiff[] {
  const chosen = comparable(changes);
  const budget: DiffBudget = { steps: totalSteps };
  let linesLeft: number = fileLimits.comparedTotalLines;
  return changes.map(({ path, change, before, after }): FileDiff => {
    const facts = { path, change, before: factsOf(before), after: factsOf(after) };
    if (contents === "restricted") return { ...facts, comparison: "restricted", lines: [] };
    if (!chosen.has(path)) return { ...facts, comparison: "too_large", lines: [] };
    const old = before ? textOf(contentOf(contents.before, path)) : "";
    const now = after ? textOf(contentOf(contents.after, path)) : "";
    if (old === null || now === null) return { ...facts, comparison: "binary", lines: [] };
    const lines = lineDiff(old, now, budget);
    if (lines.length > Math.min(fileLimits.comparedLines, linesLeft)) {
      return { ...facts, comparison: "too_large", lines: [] };
    }
    linesLeft -= lines.length;
    return { ...facts, comparison: "text", lines };
  });
}

function contentOf(contents: Contents, path: string): Uint8Array {
  const content = contents.get(path);
  if (!content) throw new TypeError(`The content of ${path} was not read.`);
  return content;
}

function factsOf(file: VersionFile | null): FileDiff["before"] {
  if (!file) return null;
  const { sizeBytes, executable, sha256 } = file;
  return { sizeBytes, executable, sha256 };
}
