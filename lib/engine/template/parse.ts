import { checkReferences, type Finding } from "./check-references";
import { checkRules } from "./check-rules";
import { extensionPaths, formatPath, problemsOf } from "./issues";
import { recordOf } from "./names";
import { manifestSchema } from "./schema";
import { settleScalars } from "./settle-scalars";
import type { ParseResult, Problem } from "./types";
import { checkSupport } from "./unsupported-keys";
import { type Path, readYaml, type YamlSource } from "./yaml-source";

/** More than a person reads; a hostile text could have tens of thousands. */
const maxProblems = 200;

/**
 * Reads and checks a manifest: YAML, schema, expressions and the rules between parts, and answers every
 * problem at once, in the order of the file. Never throws, whatever the text.
 */
export function parseManifest(yamlText: string | Uint8Array): ParseResult {
  const read = readYaml(yamlText);
  if (!read.ok) return { ok: false, problems: sorted(read.problems) };
  const settled = settleScalars(read.source.value);
  const source = { ...read.source, value: settled.value };
  const parsed = parseIgnoringExtensions(source.value);
  const found = [...settled.findings, ...checkSupport(source.value), ...checkReferences(source.value)];
  const problems = parsed.success
    ? placed([...found, ...checkRules(parsed.data)], source)
    : [...problemsOf(parsed.error.issues, source), ...placed(found, source)];
  if (problems.length === 0 && parsed.success) return { ok: true, manifest: parsed.data };
  return { ok: false, problems: sorted(problems) };
}

/** `x-*` keys are free wherever the schema lists keys, and only there: an HTTP header may be called x-api-key. */
function parseIgnoringExtensions(value: unknown) {
  const first = manifestSchema.safeParse(value, { reportInput: true });
  if (first.success) return first;
  // Removing keys of one form of a union can bring those of another to light, hence more than one round.
  let result = first;
  let copy: unknown;
  for (let round = 0; round < 4 && !result.success; round++) {
    const paths = extensionPaths(result.error.issues);
    if (paths.length === 0) break;
    copy ??= structuredClone(value);
    for (const path of paths) removeAt(copy, path);
    result = manifestSchema.safeParse(copy, { reportInput: true }) as typeof first;
  }
  return result;
}

function removeAt(root: unknown, path: readonly PropertyKey[]): void {
  const key = path.at(-1);
  let at = root;
  for (const step of path.slice(0, -1)) at = (at as Record<PropertyKey, unknown> | undefined)?.[step];
  if (key !== undefined && at !== null && typeof at === "object")
    delete (at as Record<PropertyKey, unknown>)[key];
}

function placed(findings: readonly Finding[], source: YamlSource): Problem[] {
  const inList = Array.isArray(recordOf(recordOf(source.value).spec).parameters);
  return findings.map((finding) => {
    const path = inList ? withPage(finding.path) : finding.path;
    return {
      path: formatPath(path),
      ...(finding.atKey ? source.locateKey(path) : source.locate(path)),
      message: finding.message,
      ...(finding.allowed && finding.allowed.length > 0 ? { allowed: finding.allowed } : {}),
    };
  });
}

/** A single page is named without its number; where the text has a list of one, the number is put in. */
function withPage(path: Path): Path {
  const [first, second, third] = path;
  const isPage = first === "spec" && second === "parameters" && typeof third !== "number";
  return isPage ? [first, second, 0, ...path.slice(2)] : path;
}

function sorted(problems: readonly Problem[]): Problem[] {
  const unique = new Map(
    problems.map((problem) => [`${problem.line}:${problem.path}:${problem.message}`, problem]),
  );
  const all = [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  const last = all[maxProblems - 1];
  if (!last || all.length === maxProblems) return all;
  const more = `and ${all.length - maxProblems + 1} more problems`;
  return [
    ...all.slice(0, maxProblems - 1),
    { path: "", line: last.line, column: last.column, message: more },
  ];
}
