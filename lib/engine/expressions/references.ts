import type { ASTNode } from "./cel";

/** A path that an expression reads, such as components.db.outputs.url or self.ports[5432]. */
export type Reference = {
  /** The first name: parameters, secrets, components, … or a name that does not exist. */
  root: string;
  /** What follows it, as far as it is written out in the expression. */
  path: (string | number)[];
  /** Whether the expression continues with a computed key, so that everything under `path` may be read. */
  dynamic: boolean;
  /** Whether absence is provided for, by `has(…)` or by `.?`. */
  optional: boolean;
  /** Where in the text the reference starts, counted from 0. */
  offset: number;
};

const iterating = new Set(["all", "exists", "exists_one", "map", "filter"]);
const maxIterationDepth = 2;

type Walk = { found: Reference[]; bound: readonly string[]; optional: boolean; iterations: number };

/** Every path the expression reads, in the order of the text. `tooDeep` tells of nested loops past the limit. */
export function collectReferences(ast: ASTNode): { references: Reference[]; tooDeep: boolean } {
  const found: Reference[] = [];
  const deepest = visit(ast, { found, bound: [], optional: false, iterations: 0 });
  return { references: found, tooDeep: deepest > maxIterationDepth };
}

/** Adds what the node reads; returns how deep loops nest in it. */
function visit(node: ASTNode, walk: Walk): number {
  const chain = chainOf(node, walk);
  if (chain !== undefined) return chain;
  switch (node.op) {
    case "value":
    case "id":
      return walk.iterations;
    case "call": {
      const [name, args] = node.args;
      return visitAll(args, name === "has" ? { ...walk, optional: true } : walk);
    }
    case "rcall":
      return visitMethod(node.args, walk);
    case "list":
      return visitAll(node.args, walk);
    case "map":
      return visitAll(node.args.flat(), walk);
    case ".":
    case ".?":
      return visit(node.args[0], walk);
    case "!_":
    case "-_":
      return visit(node.args, walk);
    default:
      return visitAll(node.args, walk);
  }
}

function visitAll(nodes: readonly ASTNode[], walk: Walk): number {
  return nodes.reduce((deepest, node) => Math.max(deepest, visit(node, walk)), walk.iterations);
}

function visitMethod([name, receiver, args]: [string, ASTNode, ASTNode[]], walk: Walk): number {
  const variable = args[0];
  if (variable?.op === "id" && iterating.has(name) && args.length > 1) {
    const inner = { ...walk, bound: [...walk.bound, variable.args], iterations: walk.iterations + 1 };
    return Math.max(visit(receiver, walk), visitAll(args.slice(1), inner));
  }
  if (variable?.op === "id" && name === "bind" && receiver.op === "id" && receiver.args === "cel") {
    const [, value, body] = args;
    const inner = { ...walk, bound: [...walk.bound, variable.args] };
    return Math.max(value ? visit(value, walk) : 0, body ? visit(body, inner) : 0);
  }
  return Math.max(visit(receiver, walk), visitAll(args, walk));
}

/** When the node is a chain of names from an unbound one, notes it as one reference. */
function chainOf(node: ASTNode, walk: Walk): number | undefined {
  const steps: { key: string | number | ASTNode }[] = [];
  let optional = walk.optional;
  let at = node;
  while (at.op === "." || at.op === ".?" || at.op === "[]" || at.op === "[?]") {
    const [left, key] = at.args;
    if (at.op === ".?" || at.op === "[?]") optional = true;
    steps.unshift({ key: typeof key === "string" ? key : literalKey(key) });
    at = left;
  }
  if (at.op !== "id" || walk.bound.includes(at.args) || at.args === "cel") return undefined;
  const firstComputed = steps.findIndex(({ key }) => typeof key === "object");
  const fixed = firstComputed < 0 ? steps : steps.slice(0, firstComputed);
  walk.found.push({
    root: at.args,
    path: fixed.flatMap(({ key }) => (typeof key === "object" ? [] : [key])),
    dynamic: firstComputed >= 0,
    optional,
    offset: at.start,
  });
  const computed = steps.flatMap(({ key }) => (typeof key === "object" ? [key] : []));
  return visitAll(computed, walk);
}

function literalKey(node: ASTNode): string | number | ASTNode {
  if (node.op !== "value") return node;
  if (typeof node.args === "bigint") return Number(node.args);
  return typeof node.args === "string" || typeof node.args === "number" ? node.args : node;
}

/** How a reference is written: components.db.outputs.url, self.ports[5432], components["my-db"].url. */
export function formatReference({ root, path }: Pick<Reference, "root" | "path">): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `${text}.${key}` : `${text}[${JSON.stringify(key)}]`;
  }, root);
}
