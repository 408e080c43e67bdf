import { expect, it } from "vitest";
import { statementName } from "@/lib/platform/db/statement-names";

const used = (text: string, times: number) => Array.from({ length: times }, () => statementName(text));

it("names a text with its third use, and every one after with the same name", () => {
  const [first, second, third, fourth] = used("SELECT 1", 4);
  expect([first, second]).toEqual([undefined, undefined]);
  expect(third).toMatch(/^s_[0-9a-f]{32}$/);
  expect(fourth).toBe(third);
  expect(used("SELECT 2", 3).at(-1)).not.toBe(third);
});

it("is not used up by texts that come once, and forgets those", () => {
  for (let number = 0; number < 10_000; number += 1) statementName(`SELECT 'seldom ${number}'`);
  expect(used("SELECT 'often'", 3).at(-1)).toBeDefined();
});

it("is bounded: the texts that come after the first 300 are sent as they are", () => {
  for (let number = 0; number < 1_000; number += 1) used(`SELECT ${number}`, 3);
  expect(used("SELECT 'one too many'", 5).at(-1)).toBeUndefined();
  expect(statementName("SELECT 1")).toBeDefined();
});
