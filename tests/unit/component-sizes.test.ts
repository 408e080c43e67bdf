import { expect, it } from "vitest";
import { judgeComponents, longComponents, longComponentsIn, mostLines } from "@/scripts/component-sizes";

const linesOf = (count: number) =>
  Array.from({ length: count }, (_, at) => `  const v${at} = ${at};`).join("\n");

it.each([
  ["a declared function", (body: string) => `export function Card() {\n${body}\n}`],
  ["an arrow function", (body: string) => `const Card = () => {\n${body}\n};`],
  ["a wrapped one", (body: string) => `export const Card = memo(forwardRef(() => {\n${body}\n}));`],
  [
    "one inside another function",
    (body: string) => `function make() {\n  function Card() {\n${body}\n  }\n}`,
  ],
])("finds a component that is too long: %s", (_name, write) => {
  expect(longComponentsIn("a.tsx", write(linesOf(mostLines - 2)))).toEqual([]);
  expect(longComponentsIn("a.tsx", write(linesOf(mostLines - 1)))).toEqual([
    { file: "a.tsx", name: "Card", lines: mostLines + 1 },
  ]);
});

it("leaves hooks and other functions alone", () => {
  expect(longComponentsIn("a.tsx", `function useCard() {\n${linesOf(200)}\n}`)).toEqual([]);
});

it("finds none in the product, and complains about each", () => {
  expect(longComponents()).toEqual([]);
  expect(judgeComponents([{ file: "a.tsx", name: "Card", lines: 200 }]).problems).toEqual([
    "component-sizes: Card in a.tsx has 200 lines; split it",
  ]);
});
