/** A React component shows one thing: at most 80 lines, or it is a hook and a view, or two views. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export const mostLines = 80;

const roots = ["app", "components"];

export interface LongComponent {
  file: string;
  name: string;
  lines: number;
}

/** The components of one file's text that are longer. A component is a function whose name begins with a capital. */
export function longComponentsIn(file: string, text: string): LongComponent[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const long: LongComponent[] = [];
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    const name = nameOf(node);
    const lines = lineAt(node.end) - lineAt(node.getStart()) + 1;
    if (name && /^[A-Z]/.test(name) && lines > mostLines) long.push({ file, name, lines });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return long;
}

/** The name that a function is declared with, or that it's given where it's wrapped: `memo(function …)`, `memo(() => …)`. */
function nameOf(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node)) {
    if (node.name) return node.name.text;
  } else if (!ts.isArrowFunction(node)) return undefined;
  let owner: ts.Node = node.parent;
  while (ts.isCallExpression(owner) || ts.isParenthesizedExpression(owner) || ts.isAsExpression(owner))
    owner = owner.parent;
  return ts.isVariableDeclaration(owner) && ts.isIdentifier(owner.name) ? owner.name.text : undefined;
}

/** All files together. */
export function longComponents(root = process.cwd()): LongComponent[] {
  const files = roots.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".tsx"))
      .map((name) => join(folder, name)),
  );
  return files.flatMap((file) => longComponentsIn(file, readFileSync(join(root, file), "utf8")));
}

/** The figure in one line, and what is wrong with it. */
export function judgeComponents(long: readonly LongComponent[]): { line: string; problems: string[] } {
  const line = `Components: ${long.length} of more than ${mostLines} lines`;
  return {
    line,
    problems: long.map(
      ({ file, name, lines }) => `component-sizes: ${name} in ${file} has ${lines} lines; split it`,
    ),
  };
}
