import { describe, expect, it } from "vitest";
import { owners, problemsOf, readTables, touchedIn } from "@/scripts/table-owners";

const tables = readTables();
const problems = (file: string, text: string) => problemsOf(file, touchedIn(text, tables));

describe("table owners", () => {
  it("know every table of the schema, and no other", () => {
    expect([...tables.values()].sort()).toEqual(Object.keys(owners).sort());
  });

  it("let the owner's stores write, in each way there is", () => {
    for (const text of [
      'statements.updateTable("project as p").set({})',
      'statements.insertInto("project").values({})',
      "await tx.prisma.project.create({ data })",
      'query("DELETE FROM project WHERE id = $1")',
    ]) {
      expect(problems("lib/features/projects/store-members.ts", text)).toEqual([]);
      expect(problems("lib/features/users/store.ts", text.replace("project", "nothing"))).toEqual([]);
      expect(problems("lib/features/catalog/store.ts", text)).toEqual([
        expect.stringContaining("writes project, which belongs to lib/features/projects"),
      ]);
    }
  });

  it("let other stores read, and use cases neither read nor write", () => {
    const text = 'statements.selectFrom("run as u").innerJoin("project as p", "p.id", "u.project_id")';
    expect(problems("lib/features/home/store.ts", text)).toEqual([]);
    expect(problems("lib/features/home/queries.ts", text)).toEqual([
      expect.stringContaining("holds statements (run, project)"),
    ]);
    expect(problems("app/page.tsx", "await getPrisma().run.findMany()")).toHaveLength(1);
    expect(problems("lib/features/home/queries.ts", "const text = 'update the project';")).toEqual([]);
  });
});
