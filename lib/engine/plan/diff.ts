import type { DesiredView, DiffEntry } from "./types";

const maxEntries = 200;

/**
 * What differs between two views of a component, as flat paths. Secret values and values known only after
 * apply are marked and never written out.
 * @param secretPaths JSON pointers below the view's `spec` and `health` that hold secrets
 */
export function diffViews(
  before: DesiredView,
  after: DesiredView,
  marks: { secretPaths: readonly string[]; unknownPaths: readonly string[] },
): DiffEntry[] {
  const secret = new Set(marks.secretPaths);
  const unknown = new Set(marks.unknownPaths);
  const entries: DiffEntry[] = [];
  compare(plain(before), plain(after), "", (pointer, left, right) => {
    if (entries.length >= maxEntries) return;
    entries.push({
      path: pointer.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~"),
      before: left ?? null,
      after: right ?? null,
      ...(secret.has(pointer) ? { secret: true as const } : {}),
      ...(unknown.has(pointer) ? { unknown: true as const } : {}),
    });
  });
  return entries;
}

/** Size first and in plain words, so that the diff of a resize reads well. */
function plain(view: DesiredView): Record<string, unknown> {
  return {
    size: view.size,
    replicas: view.replicas,
    kind: view.kind,
    spec: view.spec,
    files: view.files,
    health: view.health,
  };
}

function compare(
  left: unknown,
  right: unknown,
  pointer: string,
  differ: (pointer: string, left: unknown, right: unknown) => void,
): void {
  if (Object.is(left, right)) return;
  if (isRecord(left) && isRecord(right)) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      compare(left[key], right[key], `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, differ);
    }
    return;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    const length = Math.max(left.length, right.length);
    for (let index = 0; index < length; index += 1) {
      compare(left[index], right[index], `${pointer}/${index}`, differ);
    }
    return;
  }
  if ((left ?? null) === null && (right ?? null) === null) return;
  differ(pointer, left, right);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
