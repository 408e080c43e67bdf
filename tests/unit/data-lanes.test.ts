import { expect, test } from "vitest";
import { countLanes, judgeLanes, lanesIn, most } from "../../scripts/data-lanes";

test("the three ways are told apart", () => {
  const text = [
    'await tx.prisma.project.findMany({ where: { name: "SELECT" } });',
    "await getPrisma().user.count();",
    'statements.selectFrom("project").select("id")',
    "query(`\n  SELECT 1`)",
    'execute("DELETE FROM event WHERE at < $1")',
    'throw new Error("Select a project");',
  ].join("\n");
  expect(lanesIn("lib/a.ts", text)).toEqual({ prisma: 2, kysely: 1, raw: 2, rawElsewhere: 2 });
  expect(lanesIn("lib/a.sql.ts", text)).toMatchObject({ raw: 2, rawElsewhere: 0 });
});

test("raw SQL may only become less, and what became less stays so", () => {
  const lanes = { prisma: 1, kysely: 1, ...most };
  expect(judgeLanes(lanes).problems).toEqual([]);
  expect(judgeLanes({ ...lanes, raw: most.raw + 1 }).problems).toEqual([
    expect.stringContaining("use Prisma or Kysely"),
  ]);
  expect(judgeLanes({ ...lanes, rawElsewhere: most.rawElsewhere - 1 }).problems).toEqual([
    expect.stringContaining("lower it"),
  ]);
  expect(judgeLanes(countLanes()).problems).toEqual([]);
});
