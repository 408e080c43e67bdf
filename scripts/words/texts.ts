import ts from "typescript";

/** A text that a person may read, with the line it begins at. */
export interface Text {
  line: number;
  text: string;
}

/** Nobody reads a query. */
const sql = /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|FROM|WHERE|JOIN|ORDER BY|NULL|VALUES)\b/;

/** String literals, templates and JSX texts of a source file; import paths, keys and CSS classes are none. */
export function textsOfSource(path: string, source: string): Text[] {
  const file = parseSource(path, source);
  const texts: Text[] = [];
  const add = (node: ts.Node, text: string) => {
    if (text.trim() !== "" && !sql.test(text))
      texts.push({ line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1, text });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isJsxAttribute(node) && node.name.getText(file) === "className") return;
    if (ts.isStringLiteralLike(node) && isSaid(node)) add(node, node.text);
    else if (ts.isJsxText(node)) add(node, node.text);
    else if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node))
      add(node, node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return texts;
}

/** The syntax tree of a source file, by its name. */
export function parseSource(path: string, source: string): ts.SourceFile {
  const kind = path.endsWith("x")
    ? ts.ScriptKind.TSX
    : /\.(mjs|cjs|js)$/.test(path)
      ? ts.ScriptKind.JS
      : ts.ScriptKind.TS;
  return ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true, kind);
}

/** A key, a type or one word in code is a name, not a text. */
function isSaid(node: ts.StringLiteralLike): boolean {
  const { parent } = node;
  if (ts.isLiteralTypeNode(parent)) return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isElementAccessExpression(parent)) return false;
  return /\s/.test(node.text.trim()) || /^[A-Z]/.test(node.text);
}

/** The lines of a Markdown file outside code. */
export function textsOfMarkdown(source: string): Text[] {
  let fenced = false;
  return source.split("\n").flatMap((line, index) => {
    if (/^\s*(```|~~~)/.test(line)) {
      fenced = !fenced;
      return [];
    }
    return fenced ? [] : [{ line: index + 1, text: line.replaceAll(/`[^`]*`/g, "") }];
  });
}
