import { type ASTNode, isNode, UnsignedInt } from "./cel";

/** A literal that CEL reads and Rostrum can't give back as it was written. */
export type UnusableLiteral = {
  /** A sentence without its full stop. */
  message: string;
  /** Where in the text the literal starts, counted from 0. */
  offset: number;
};

const largest = BigInt(Number.MAX_SAFE_INTEGER);
const writeText = "use a string, and base64(text) where bytes must be encoded";
const writeNumber = "write the number without u, as an integer or with a decimal point";

/** Functions that make the same values as the literals. */
const makers: Readonly<Record<string, string>> = {
  uint: `unsigned integers aren’t supported; ${writeNumber}`,
  bytes: `raw bytes aren’t supported; ${writeText}`,
};

/**
 * What an expression must not contain: unsigned integers, which end as strings; integers beyond ±(2^53 − 1), which end
 * as their neighbors; and raw bytes, which end as Base64. Stored expressions keep their meaning; new ones are refused.
 */
export function findUnusableLiterals(ast: ASTNode): UnusableLiteral[] {
  const message = complaint(ast);
  const own = message ? [{ message, offset: ast.start }] : [];
  return [...own, ...nodesIn(ast.args).flatMap(findUnusableLiterals)];
}

/** The nodes among the operands of a node, in the order of the text. */
function nodesIn(operands: unknown): ASTNode[] {
  if (Array.isArray(operands)) return operands.flatMap(nodesIn);
  return isNode(operands) ? [operands] : [];
}

function complaint(node: ASTNode): string | undefined {
  if (node.op === "call") {
    const [name] = node.args;
    return Object.hasOwn(makers, name) ? makers[name] : undefined;
  }
  if (node.op !== "value") return undefined;
  const { args: value, input, start, end } = node;
  const written = input.slice(start, end);
  if (value instanceof UnsignedInt) return `unsigned integer ${written} isn’t supported; ${writeNumber}`;
  if (value instanceof Uint8Array) return `raw bytes ${shortened(written)} aren’t supported; ${writeText}`;
  if (typeof value !== "bigint" || value <= largest) return undefined;
  return `integer ${written} can’t be represented exactly; the limit is ±${largest}. Use a string for IDs`;
}

function shortened(literal: string): string {
  return literal.length > 40 ? `${literal.slice(0, 40)}…` : literal;
}
