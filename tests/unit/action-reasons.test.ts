import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

/** An action that can't be used says why: `reason` of ReasonedButton and IconButton, `missing` of dialogs. */

const files = ["app", "components"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".tsx"))
    .map((name) => join(folder, name)),
);

/** The primitives themselves, and a control of forms that are switched off as a whole. */
const primitives = /^components\/(ui\/|forms\/stored-secret)/;

function elementsOf(file: string): { name: string; attributes: Map<string, string> }[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: { name: string; attributes: Map<string, string> }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxOpeningElement(node) || ts.isJsxSelfClosingElement(node)) {
      const attributes = node.attributes.properties.flatMap((one): [string, string][] =>
        ts.isJsxAttribute(one) ? [[one.name.getText(), one.initializer?.getText() ?? ""]] : [],
      );
      found.push({ name: node.tagName.getText(), attributes: new Map(attributes) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

it("no button is switched off without a reason", () => {
  const silent = files
    .filter((file) => !primitives.test(file))
    .flatMap((file) =>
      elementsOf(file)
        .filter(({ name, attributes }) => name === "Button" && attributes.has("disabled"))
        .map(({ attributes }) => `${file}: disabled=${attributes.get("disabled")}`),
    );
  expect(silent).toEqual([]);
});

it("no button of an icon alone is made without its tooltip", () => {
  const bare = files
    .filter((file) => !primitives.test(file))
    .filter((file) =>
      elementsOf(file).some(
        ({ name, attributes }) => name === "Button" && /^"icon/.test(attributes.get("size") ?? ""),
      ),
    );
  expect(bare).toEqual([]);
});
