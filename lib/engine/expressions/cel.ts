import type { ASTNode, ParseResult } from "@marcbachmann/cel-js";
import { Environment } from "@marcbachmann/cel-js";
import { UnsignedInt } from "@marcbachmann/cel-js/evaluator";

/**
 * The only file that imports cel-js. It publishes how an expression is parsed and run, and nothing that bounds its
 * work, so Rostrum puts a counter at each node. What that takes of the library's unpublished parts is here;
 * `cel.test.ts` fails when a release moves them.
 */
export { type ASTNode, Environment, type ParseResult, UnsignedInt };

export type Evaluator = { run(node: ASTNode, context: unknown): unknown };
/** How the library computes the value of a node. */
export type Evaluate = (evaluator: Evaluator, node: ASTNode, context: unknown) => unknown;
/** A node and how it's computed, as a counter sees it. */
export type Step = {
  /** The operator: those that the library publishes, and those that a macro was written out to. */
  op: string;
  /** Name, receiver and arguments of a method; undefined for everything else. */
  method?: { name: string; receiver: ASTNode; args: readonly ASTNode[] };
  evaluate: Evaluate;
  /** The operator that takes this value, or the one around the macro that it comes from. */
  parentOp: string | undefined;
};

type Meta = { evaluate: Evaluate; alternate?: Node; macro?: object };
type Node = ASTNode & { meta: Meta; setMeta(key: "evaluate", value: Evaluate): unknown };

/**
 * Replaces how every node of a checked expression is computed. A macro has no node of its own left after the check: the
 * library computes what it was written out to (`alternate`), or the nodes that it holds.
 * @throws Error when the installed release keeps its nodes differently
 */
export function wrapNodes(root: ASTNode, wrap: (step: Step) => Evaluate): void {
  const open: { node: ASTNode; parentOp: string | undefined }[] = [{ node: root, parentOp: undefined }];
  const seen = new Set<ASTNode>();
  for (let item = open.pop(); item; item = open.pop()) {
    const { parentOp } = item;
    const node = known(item.node);
    // Wrapped once, or a shared node would count twice.
    if (seen.has(node)) continue;
    seen.add(node);
    const { alternate, macro, evaluate } = node.meta;
    const isMacro = alternate !== undefined || macro !== undefined;
    if (!isMacro) node.setMeta("evaluate", wrap({ op: node.op, ...methodOf(node), evaluate, parentOp }));
    const inside = alternate ? [alternate] : nodesIn(macro ?? node.args);
    for (const child of inside) open.push({ node: child, parentOp: isMacro ? parentOp : node.op });
  }
}

function known(node: ASTNode): Node {
  if (!isKnown(node)) {
    throw new Error(
      "This release of @marcbachmann/cel-js isn't supported: work on expressions can't be limited.",
    );
  }
  return node;
}

function isKnown(node: ASTNode): node is Node {
  if (!("setMeta" in node) || typeof node.setMeta !== "function" || !("meta" in node)) return false;
  const { meta } = node;
  return (
    typeof meta === "object" && meta !== null && "evaluate" in meta && typeof meta.evaluate === "function"
  );
}

function methodOf(node: Node): Pick<Step, "method"> {
  if (node.op !== "rcall") return {};
  const [name, receiver, args] = node.args;
  return { method: { name, receiver, args } };
}

/** The nodes in a list, a map, a macro or a loop. */
function nodesIn(value: unknown): ASTNode[] {
  if (value === null || typeof value !== "object") return [];
  if (isNode(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  const entries = Object.entries(value);
  // `ast` is the macro itself. Scopes of names are no part of the expression.
  return entries.flatMap(([key, item]) =>
    key === "ast" || !(isNode(item) || Array.isArray(item)) ? [] : nodesIn(item),
  );
}

/** Whether an operand of a node is a node, not a name or a literal. */
export function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value && "start" in value;
}
