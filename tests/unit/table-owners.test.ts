import { describe, expect, it } from "vitest";
import { joinedIn, joinProblems, owners, problemsOf, readTables, touchedIn } from "@/scripts/table-owners";

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

  it("see tables in SQL of either case, and let owners publish rows", () => {
    const sql = "sql<boolean>`exists (select 1 from project_member m where m.user_id = u.id)`";
    expect([...touchedIn(sql, tables).reads]).toEqual(["project_member"]);
    const text = 'export const projectRows = statements.selectFrom("project").select(["id", "name"]);';
    expect(problems("lib/features/projects/joins.ts", text)).toEqual([]);
  });

  it("count what stores join of what others publish, and let no one else join or lock it", () => {
    const text = `import { memberRows, projectRows } from "@/lib/features/projects/joins";
      const listed = statements.selectFrom("run as u").innerJoin(projectRows.as("p"), "p.id", "u.project_id");`;
    const joined = ["lib/features/projects memberRows", "lib/features/projects projectRows"];
    expect(joinedIn(text)).toEqual(joined);
    expect(joinProblems("lib/features/runs/store-lists.ts", text)).toEqual([]);
    expect(joinProblems("lib/features/runs/list.ts", text)).toEqual([
      expect.stringContaining("statements stand in a store.ts"),
    ]);
    const locking = `${text.trimEnd().slice(0, -1)}.forNoKeyUpdate();`;
    expect(joinProblems("lib/features/runs/store-lists.ts", locking)).toEqual([
      expect.stringContaining("locks rows that others publish"),
    ]);
    const inCondition = `${text}
      const idle = statements.selectFrom("environment as e").where((eb) => eb.exists(eb.selectFrom(runRows.as("u")))).forUpdate();`;
    expect(joinProblems("lib/features/environments/store-placement.ts", inCondition)).toEqual([]);
  });
});
