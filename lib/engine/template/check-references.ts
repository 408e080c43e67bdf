import { Graph } from "@/lib/kernel/graph";
import { ExpressionError, formatReference, parseTemplateString, type Reference } from "../expressions";
import { edgesOfComponents } from "./edges";
import { type ComponentNames, type Names, namesOf, recordOf } from "./names";
import { didYouMean } from "./suggest";
import type { Path } from "./yaml-source";

/** Something wrong at a place of the manifest; lines are added by the caller. */
export type Finding = { path: Path; message: string; allowed?: string[]; atKey?: boolean };

/** Where an expression stands, which decides what it may read. */
type Place = { path: Path; roots: readonly string[]; component?: string; names: Names };

const environmentKeys = ["id", "name", "project"];
const sizeKeys = ["cpu", "memory", "storage"];
const planTimeKeys = new Set(["when", "replicas", "size", "scaling", "labels"]);
const afterApplyKeys = new Set(["outputs", "health", "backup"]);

/** Checks every expression of a manifest, and the order of its components. Takes unchecked data; never throws. */
export function checkReferences(manifest: unknown): Finding[] {
  const names = namesOf(manifest);
  const spec = recordOf(recordOf(manifest).spec);
  const findings: Finding[] = [];
  for (const [name, component] of Object.entries(recordOf(spec.components))) {
    for (const [key, value] of Object.entries(recordOf(component))) {
      const path = ["spec", "components", name, key];
      findings.push(...checkValue(value, { path, roots: rootsFor(key), component: name, names }));
    }
    findings.push(...checkRequires(name, recordOf(component).requires, names));
  }
  const roots = ["parameters", "components", "environment"];
  findings.push(...checkValue(spec.outputs, { path: ["spec", "outputs"], roots, names }));
  findings.push(
    ...checkValue(spec.acceptance, { path: ["spec", "acceptance"], roots: [...roots, "outputs"], names }),
  );
  const actions = Array.isArray(spec.actions) ? spec.actions : [];
  actions.forEach((action, index) => {
    const { run, component } = recordOf(action);
    const place = {
      path: ["spec", "actions", index, "run"],
      roots: [...roots, "secrets", "self", "size"],
      names,
    };
    findings.push(...checkValue(run, typeof component === "string" ? { ...place, component } : place));
  });
  return [...findings, ...checkOrder(recordOf(spec.components))];
}

function rootsFor(key: string): string[] {
  // What decides whether, where and how big must be known before anything is applied.
  if (planTimeKeys.has(key)) return ["parameters", "environment"];
  const common = ["parameters", "secrets", "components", "environment", "size"];
  return afterApplyKeys.has(key) ? [...common, "self"] : common;
}

function checkValue(value: unknown, place: Place): Finding[] {
  if (typeof value === "string") return checkText(value, place);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (key.startsWith("x-") && !place.path.includes("environment")) return [];
    const step = Array.isArray(value) ? Number(key) : key;
    // An implementation's own health and backup run after it is applied, like the component's.
    const late = place.component !== undefined && place.path.length === 4 && afterApplyKeys.has(key);
    const roots = late && place.roots.includes("secrets") ? [...place.roots, "self"] : place.roots;
    return checkValue(item, { ...place, roots, path: [...place.path, step] });
  });
}

function checkText(text: string, place: Place): Finding[] {
  const isCondition = place.path.length === 4 && place.path[3] === "when";
  if (!text.includes("${{")) {
    return isCondition
      ? [
          {
            path: place.path,
            message: "expected true, false or an expression such as $" + "{{ parameters.withCache }}",
          },
        ]
      : [];
  }
  try {
    const { parts } = parseTemplateString(text);
    return parts.flatMap((part) =>
      typeof part === "string"
        ? []
        : [
            ...part.unusable.map((literal) => inExpression(literal, place)),
            ...part.references.flatMap((reference) => checkReference(reference, place)),
          ],
    );
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [inExpression(error, place)];
  }
}

function inExpression({ message, offset }: { message: string; offset: number }, { path }: Place): Finding {
  return { path, message: `in \${{ … }}: ${message} (at character ${offset + 1})` };
}

function checkReference(reference: Reference, place: Place): Finding[] {
  const { root } = reference;
  const written = formatReference(reference);
  const fail = (message: string, allowed: Iterable<string> = []): Finding[] => [
    { path: place.path, message, allowed: [...allowed] },
  ];
  if (!place.roots.includes(root)) {
    const hyphenated = [...place.names.components.keys()].find((name) => name.endsWith(`-${root}`));
    const hint = hyphenated
      ? `; write components["${hyphenated}"] for a name with a hyphen`
      : didYouMean(root, place.roots);
    return fail(`"${root}" can’t be used here${hint}`, place.roots);
  }
  const [name] = reference.path;
  if (name === undefined) return [];
  const known = (what: string, candidates: Iterable<string>): Finding[] => {
    const all = [...candidates];
    if (all.includes(String(name))) return [];
    return fail(`${written}: there is no ${what} "${name}"${didYouMean(String(name), all)}`, all);
  };
  const own = place.component === undefined ? undefined : place.names.components.get(place.component);
  switch (root) {
    case "parameters":
      return known("parameter", place.names.parameters);
    case "outputs":
      return known("output", place.names.outputs);
    case "environment":
      return known("property of the environment", environmentKeys);
    case "size":
      return known("size", sizeKeys);
    case "secrets":
      return known("secret of this component", own?.secrets ?? []);
    case "self":
      return own ? checkMember(reference, reference.path, own, place, true) : [];
    default: {
      if (name === place.component) {
        return fail(
          `${written}: component "${name}" refers to itself; use self in its outputs, health and backup`,
        );
      }
      const missing = known("component", place.names.components.keys());
      const target = place.names.components.get(String(name));
      if (!target) return withDashHint(missing, String(name), place.names);
      return checkMember(reference, reference.path.slice(1), target, place, false);
    }
  }
}

/** `components.my-db.url` reads as a subtraction to CEL; say how a dash is written. */
function withDashHint(findings: Finding[], name: string, names: Names): Finding[] {
  const meant = [...names.components.keys()].find((known) => known.startsWith(`${name}-`));
  if (!meant) return findings;
  return findings.map((finding) => ({
    ...finding,
    message: `${finding.message}; write components["${meant}"] for a name with a hyphen`,
  }));
}

function checkMember(
  reference: Reference,
  path: readonly (string | number)[],
  target: ComponentNames,
  place: Place,
  isSelf: boolean,
): Finding[] {
  const [member, item] = path;
  if (member === undefined) return [];
  const written = formatReference(reference);
  const members = ["host", "ports", "url", "outputs"];
  const fail = (message: string, allowed: string[]): Finding[] => [
    { path: place.path, message: `${written}: ${message}`, allowed },
  ];
  if (!members.includes(String(member))) {
    return fail(`a component has no "${member}"${didYouMean(String(member), members)}`, members);
  }
  // self.outputs are what the driver reports, which no manifest lists.
  if (member === "outputs" && !isSelf && item !== undefined && !target.outputs.has(String(item))) {
    const all = [...target.outputs];
    return fail(`there is no output "${item}"${didYouMean(String(item), all)}`, all);
  }
  if (member === "ports" && item !== undefined && target.ports && !target.ports.has(Number(item))) {
    const all = [...target.ports].map(String);
    return fail(`port ${item} is not declared`, all);
  }
  return [];
}

function checkRequires(name: string, requires: unknown, names: Names): Finding[] {
  if (!Array.isArray(requires)) return [];
  return requires.flatMap((required, index): Finding[] => {
    const path = ["spec", "components", name, "requires", index];
    if (required === name) return [{ path, message: `component "${name}" requires itself` }];
    if (typeof required !== "string" || names.components.has(required)) return [];
    const all = [...names.components.keys()];
    return [
      { path, message: `there is no component "${required}"${didYouMean(required, all)}`, allowed: all },
    ];
  });
}

function checkOrder(components: Record<string, unknown>): Finding[] {
  // Read as "needs": what comes first in the sentence is what needs the other. A component's own name has its own problem.
  const edges = edgesOfComponents(components).flatMap(({ from, to }) =>
    from === to ? [] : [{ before: from, after: to }],
  );
  const cycle = Graph.ofEdges(Object.keys(components), edges).findCycle();
  if (!cycle) return [];
  const message = `circular dependency: ${cycle.join(" → ")}`;
  return [{ path: ["spec", "components", cycle[0] ?? ""], message, atKey: true }];
}
