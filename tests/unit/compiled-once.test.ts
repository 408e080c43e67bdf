import { sql } from "kysely";
import { expect, test } from "vitest";
import { anyOf, compiledOnce, statements } from "@/lib/platform/db";

let built = 0;
interface Values extends Record<string, unknown> {
  ids?: readonly string[];
  name?: string;
}
const list = compiledOnce(({ ids, name }: Values, { down }: { down: boolean }) => {
  built += 1;
  let query = statements
    .selectFrom("project")
    .select(["id", sql`'constant'`.as("x")])
    .where("is_demo", "=", false);
  if (ids) query = query.where("id", "=", anyOf(ids));
  if (name) query = query.where("name", "=", name);
  return query.orderBy("id", down ? "desc" : "asc");
});

test("a statement is built once for each shape and set of values, and given its values each time", () => {
  const first = list({ ids: ["a"], name: "n" }, { down: true }).compile();
  const second = list({ ids: ["b", "c"], name: "m" }, { down: true }).compile();
  expect(built).toBe(1);
  expect(second.sql).toBe(first.sql);
  expect(first.parameters).toEqual([false, ["a"], "n"]);
  expect(second.parameters).toEqual([false, ["b", "c"], "m"]);
  expect(list({ name: "m" }, { down: true }).compile().parameters).toEqual([false, "m"]);
  expect(list({ name: "m" }, { down: false }).compile().sql).toMatch(/order by "id" asc$/);
  expect(built).toBe(3);
});

test("a value of which something is made is an error the first time, not another result the second", () => {
  const wrong = compiledOnce(({ name }: { name: string }) =>
    statements.selectFrom("project").select("id").where("name", "like", `%${name}%`),
  );
  expect(() => wrong({ name: "n" })).toThrow('The value "name" is not a parameter of the statement.');
  const unused = compiledOnce((_: { name: string }) => statements.selectFrom("project").select("id"));
  expect(() => unused({ name: "n" })).toThrow(TypeError);
});
