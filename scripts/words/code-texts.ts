import ts from "typescript";
import { parseSource, type Text } from "./texts";

/** Comments and names of tests of a source file. What stands in backticks in a comment is a name. */
export function textsOfCode(path: string, source: string): Text[] {
  const file = parseSource(path, source);
  const names: ts.Node[] = [];
  const shown: ts.Node[] = [];
  const comments = new Map<number, number>();
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) shown.push(node);
    const name = testName(node);
    if (name) names.push(name);
    for (const { pos, end } of ts.getLeadingCommentRanges(source, node.pos) ?? []) comments.set(pos, end);
    for (const { pos, end } of ts.getTrailingCommentRanges(source, node.end) ?? []) comments.set(pos, end);
    for (const child of node.getChildren(file)) visit(child);
  };
  visit(file);
  // A text among elements may look like a comment: "https://".
  const isShown = (at: number) => shown.some(({ pos, end }) => pos <= at && at < end);
  const texts = [
    ...[...comments]
      .filter(([pos]) => !isShown(pos))
      .map(([pos, end]) => ({ pos, text: withoutNames(source.slice(pos, end)) })),
    ...names.map((name) => ({ pos: name.getStart(file), text: name.getText(file) })),
  ];
  return texts
    .toSorted((left, right) => left.pos - right.pos)
    .map(({ pos, text }) => ({ line: file.getLineAndCharacterOfPosition(pos).line + 1, text }));
}

const withoutNames = (comment: string) => comment.replaceAll(/`[^`]*`/g, "");

/** What a call of `it`, `test` or `describe` is named. */
function testName(node: ts.Node): ts.Node | null {
  if (!ts.isCallExpression(node) || !["it", "test", "describe"].includes(calledName(node.expression)))
    return null;
  const [name] = node.arguments;
  return name && (ts.isStringLiteralLike(name) || ts.isTemplateExpression(name)) ? name : null;
}

/** `it` of `it`, `it.skip` and `it.each(…)`. */
function calledName(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return calledName(node.expression);
  return ts.isTaggedTemplateExpression(node) ? calledName(node.tag) : "";
}

/** Comments of a Prisma schema. */
export function textsOfSchema(source: string): Text[] {
  return source
    .split("\n")
    .map((line, index) => ({
      line: index + 1,
      text: withoutNames(/\/\/.*/.exec(line)?.[0] ?? ""),
    }))
    .filter(({ text }) => text !== "");
}
