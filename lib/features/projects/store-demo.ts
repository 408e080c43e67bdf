import { userRows } from "@/lib/features/users/joins";
import { rowsOf, statements, type Tx } from "@/lib/platform/db";

/** Something that isn't the demo's but would go, or change hands, with it. */
export interface RealThing {
  name: string;
  why: string;
}

/** Real users who are members of demo projects. */
export async function listRealMembers(tx: Tx): Promise<RealThing[]> {
  const rows = await rowsOf(
    statements
      .selectFrom("project_member as m")
      .innerJoin("project as p", "p.id", "m.project_id")
      .innerJoin(userRows.as("u"), "u.id", "m.user_id")
      .select(["u.email", "p.slug"])
      .where("p.is_demo", "=", true)
      .where("u.is_demo", "=", false)
      .orderBy("u.email"),
    tx,
  );
  return rows.map(({ email, slug }) => ({ name: email, why: `is a member of the demo project ${slug}` }));
}

/** Real projects that charge a demo cost center, whose statements the demo's history is part of. */
export async function listRealProjects(tx: Tx): Promise<RealThing[]> {
  const rows = await rowsOf(
    statements
      .selectFrom("project as p")
      .innerJoin("cost_center as c", "c.id", "p.cost_center_id")
      .select(["p.slug", "c.code"])
      .where("p.is_demo", "=", false)
      .where("c.code", "like", "DEMO-%")
      .orderBy("p.slug"),
    tx,
  );
  return rows.map(({ slug, code }) => ({
    name: `project ${slug}`,
    why: `uses the demo cost center ${code}`,
  }));
}
