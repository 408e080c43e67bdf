import { expect, it } from "vitest";
import { statementName } from "@/lib/platform/db/statement-names";

it("names the same text alike and another text differently, within PostgreSQL's 63 characters", () => {
  const name = statementName("SELECT 1");
  expect(name).toMatch(/^s_[0-9a-f]{32}$/);
  expect(statementName("SELECT 1")).toBe(name);
  expect(statementName("SELECT 2")).not.toBe(name);
});

it("stops at a bound, so that texts without end fill no connection, and goes on naming those it knows", () => {
  for (let number = 0; number < 1_000; number += 1) statementName(`SELECT ${number}`);
  expect(statementName("SELECT 'one too many'")).toBeUndefined();
  expect(statementName("SELECT 1")).toBeDefined();
});
