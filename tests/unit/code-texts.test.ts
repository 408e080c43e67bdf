import { expect, it } from "vitest";
import { textsOfCode, textsOfSchema } from "@/scripts/words/code-texts";

const found = (path: string, source: string) =>
  textsOfCode(path, source).map(({ line, text }) => `${line} ${text}`);

it("reads comments wherever they stand, and no text that looks like one", () => {
  const source = [
    "/** Of a function. */",
    "export function Page() { // at the end of a line, beside `a name`",
    '  const url = "https://example.com"; /* within */ const raw = `// none ${url /* deep */}`;',
    "  return <p>",
    "    https://example.com // text",
    "    {/* among elements */}",
    "    <b>x</b> // text as well",
    "    {url} // and this",
    "  </p>;",
    "}",
    "// the last",
  ].join("\n");
  expect(found("page.tsx", source)).toEqual([
    "1 /** Of a function. */",
    "2 // at the end of a line, beside ",
    "3 /* within */",
    "3 /* deep */",
    "6 /* among elements */",
    "11 // the last",
  ]);
});

it("reads the names of tests, and no other text", () => {
  const source = [
    'it("is one", () => expect(1, "no name").toBe(1));',
    'test.skip(`is ${x} too`, run); it.each([["a row"]])("is of %s", run);',
    'describe("a group", () => call("not this"));',
  ].join("\n");
  expect(found("one.test.ts", source)).toEqual([
    '1 "is one"',
    "2 `is ${x} too`",
    '2 "is of %s"',
    '3 "a group"',
  ]);
});

it("reads the comments of a schema", () => {
  expect(textsOfSchema("/// Of a model.\nmodel A {\n  id String @id // its id\n}")).toEqual([
    { line: 1, text: "/// Of a model." },
    { line: 3, text: "// its id" },
  ]);
});
