import { sql } from "kysely";
import { templateRows, versionRows } from "@/lib/features/catalog/joins";
import { environmentRows } from "@/lib/features/environments/joins";
import { costCenterRows, projectRows } from "@/lib/features/projects/joins";
import { requestRows } from "@/lib/features/requests/joins";
import { userRows } from "@/lib/features/users/joins";
import { type Db, likeText, pooled, rowsOf, statements } from "@/lib/platform/db";
import type { SearchKind } from "./schema";

/** What a user may find: projects each, null for all. */
export interface SearchScope {
  environments: readonly string[] | null;
  requests: readonly string[] | null;
  projects: readonly string[] | null;
  people: boolean;
}

export interface SearchRow {
  kind: SearchKind;
  id: string;
  title: string;
  subtitle: string;
  /** An environment's or a request's status. */
  state: string;
}

// Written out, so that the statement is planned for them.
const perKind = sql.lit(5);
const bestMatches = sql.lit(400);

interface Words {
  /** Patterns of LIKE. */
  anywhere: string;
  atBegin: string;
  /** As they were typed. */
  text: string;
}

/** Everything with the words in its name, at most five of a kind, those that begin with the words first. */
export async function listHits(text: string, scope: SearchScope, db: Db = pooled): Promise<SearchRow[]> {
  const escaped = likeText(text.toLowerCase());
  const words = { anywhere: `%${escaped}%`, atBegin: `${escaped}%`, text };
  const hits = matchesOf(words, scope)
    .with("environment_hit", (cte) =>
      cte
        .selectFrom("named as e")
        .innerJoin(projectRows.as("p"), "p.id", "e.project_id")
        .select((eb) => [
          ...head("environment", 1),
          "e.id",
          "e.name as title",
          "p.name as subtitle",
          sql<string>`${eb.ref("e.status")}::text`.as("state"),
          "e.inside",
        ])
        .where("e.living", "=", true)
        .where(isIn(scope.environments, "e.project_id"))
        .orderBy("inside")
        .orderBy("e.created_at", "desc")
        .limit(perKind),
    )
    .with("request_hit", (cte) =>
      cte
        .selectFrom("asked as q")
        .select((eb) => [
          ...head("request", 3),
          "q.id",
          "q.name as title",
          sql<string>`${eb.ref("q.kind")}::text`.as("subtitle"),
          sql<string>`${eb.ref("q.status")}::text`.as("state"),
          "q.inside",
        ])
        .where("q.origin", "=", "user")
        .where(isIn(scope.requests, "q.project_id"))
        .orderBy("q.inside")
        .orderBy("q.created_at", "desc")
        .limit(perKind),
    )
    .with("hit", (cte) =>
      cte
        .selectFrom("environment_hit")
        .selectAll()
        .unionAll(({ parens, selectFrom }) => [
          parens(templates(words)),
          selectFrom("request_hit").selectAll(),
          parens(projects(words, scope)),
          parens(people(words, scope)),
        ]),
    )
    .selectFrom("hit")
    .select(["kind", "id", "title", "subtitle", "state"])
    .orderBy("inside")
    .orderBy("place");
  return await rowsOf(hits, db);
}

/** Environments, and the requests for them. */
const matchesOf = (words: Words, scope: SearchScope) =>
  statements
    .with(
      (cte) => cte("named").materialized(),
      (cte) =>
        cte
          .selectFrom(environmentRows.as("environment"))
          .select([
            "id",
            "name",
            "status",
            "project_id",
            "created_at",
            sql<boolean>`destroyed_at IS NULL`.as("living"),
            sql<boolean>`NOT name LIKE ${words.atBegin}`.as("inside"),
            sql<boolean>`name LIKE ${words.anywhere}`.as("by_name"),
          ])
          .where((eb) => eb.or([eb("name", "like", words.anywhere), eb("id", "=", words.text)])),
    )
    // Words that are in thousands of names say too little: requests are then looked for in the best matches only.
    .with("best", (cte) =>
      cte
        .selectFrom("named")
        .select(["id", "name", "inside"])
        .where("by_name", "=", true)
        .where(isIn(scope.requests, "project_id"))
        .orderBy("inside")
        .orderBy("created_at", "desc")
        .limit(bestMatches),
    )
    .with("asked", (cte) =>
      cte
        .selectFrom("best as e")
        .innerJoin(requestRows.as("q"), "q.environment_id", "e.id")
        .select([...requestColumns, "e.name", "e.inside"])
        .union(
          cte
            .selectFrom(requestRows.as("q"))
            .innerJoin(environmentRows.as("e"), "e.id", "q.environment_id")
            .select([
              ...requestColumns,
              "e.name",
              sql<boolean>`NOT e.name LIKE ${words.atBegin}`.as("inside"),
            ])
            .where("q.id", "=", words.text),
        ),
    );

const requestColumns = ["q.id", "q.kind", "q.status", "q.created_at", "q.origin", "q.project_id"] as const;

const templates = ({ anywhere, atBegin }: Words) =>
  statements
    .selectFrom(templateRows.as("t"))
    .select([
      ...head("template", 2),
      "t.name as id",
      "t.title",
      "t.category as subtitle",
      sql<string>`''`.as("state"),
      sql<boolean>`NOT t.title ILIKE ${atBegin}`.as("inside"),
    ])
    .where(
      sql<boolean>`(t.title ILIKE ${anywhere} OR t.name ILIKE ${anywhere}
        OR array_to_string(t.tags, ' ') ILIKE ${anywhere})`,
    )
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom(versionRows.as("v"))
          .select("v.id")
          .whereRef("v.template_id", "=", "t.id")
          .where("v.status", "=", "published"),
      ),
    )
    .orderBy("inside")
    .orderBy("t.title")
    .limit(perKind);

const projects = ({ anywhere, atBegin }: Words, scope: SearchScope) =>
  statements
    .selectFrom(projectRows.as("p"))
    .innerJoin(costCenterRows.as("c"), "c.id", "p.cost_center_id")
    .select([
      ...head("project", 4),
      "p.slug as id",
      "p.name as title",
      "c.name as subtitle",
      sql<string>`''`.as("state"),
      sql<boolean>`NOT p.name ILIKE ${atBegin}`.as("inside"),
    ])
    .where("p.archived_at", "is", null)
    .where((eb) => eb.or([eb("p.name", "ilike", anywhere), eb("p.slug", "ilike", anywhere)]))
    .where(isIn(scope.projects, "p.id"))
    .orderBy("inside")
    .orderBy("p.name")
    .limit(perKind);

const people = ({ anywhere, atBegin }: Words, scope: SearchScope) =>
  statements
    .selectFrom(userRows.as("u"))
    .select([
      ...head("person", 5),
      "u.email as id",
      "u.name as title",
      "u.email as subtitle",
      sql<string>`''`.as("state"),
      sql<boolean>`NOT u.name ILIKE ${atBegin}`.as("inside"),
    ])
    .where(sql<boolean>`${scope.people}::boolean`)
    .where((eb) => eb.or([eb("u.name", "ilike", anywhere), eb("u.email", "ilike", anywhere)]))
    .orderBy("inside")
    .orderBy("u.name")
    .limit(perKind);

/** Kind of a hit, and where that kind stands among equals. */
const head = (kind: SearchKind, place: number) => [
  sql<SearchKind>`${sql.lit(kind)}`.as("kind"),
  sql<number>`${sql.lit(place)}`.as("place"),
];

const isIn = (projectIds: readonly string[] | null, column: string) =>
  sql<boolean>`(${projectIds}::text[] IS NULL OR ${sql.ref(column)} = ANY(${projectIds}))`;
