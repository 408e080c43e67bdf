import { type EnvironmentStatus, environmentStatusLabels } from "@/lib/features/environments/schema";
import {
  type RequestKind,
  type RequestStatus,
  requestKindLabels,
  requestStatusLabels,
} from "@/lib/features/requests/schema";
import { type Actor, can, visibleProjects } from "@/lib/platform/auth";
import { likeText, query } from "@/lib/platform/db";
import type { SearchHitDto, SearchKind } from "./schema";

interface Row {
  kind: SearchKind;
  id: string;
  title: string;
  subtitle: string;
  /** An environment's or a request's status. */
  state: string;
}

const perKind = 5;

const hrefs: Record<SearchKind, (id: string) => string> = {
  environment: (id) => `/environments/${id}`,
  template: (id) => `/catalog/${id}`,
  request: (id) => `/requests/${id}`,
  project: (id) => `/environments?project=${encodeURIComponent(id)}`,
  person: (id) => `/admin/people?q=${encodeURIComponent(id)}`,
};

/**
 * Everything with the words in its name, for the palette: the actor's environments, requests and projects, the
 * published templates, and people for who may read them. At most five of a kind, those that begin with the words first.
 */
export async function searchEverything(actor: Actor, text: string): Promise<SearchHitDto[]> {
  const escaped = likeText(text.toLowerCase());
  const environments = visibleProjects(actor, "environment.read");
  const requests = visibleProjects(actor, "request.read");
  const projects = visibleProjects(actor);
  const scope = (visible: "all" | string[]) => (visible === "all" ? null : visible);
  const rows = await query<Row>(
    `WITH named AS MATERIALIZED (
       SELECT id, name, status, project_id, created_at, destroyed_at IS NULL AS living, NOT name LIKE $2 AS inside,
         name LIKE $1 AS by_name FROM environment WHERE name LIKE $1 OR id = $3),
     -- Words that are in thousands of names say too little: requests are then looked for in the best matches only.
     best AS (SELECT id, name, inside FROM named WHERE by_name AND ($5::text[] IS NULL OR project_id = ANY($5))
       ORDER BY inside, created_at DESC LIMIT 400)
     SELECT * FROM (
       (SELECT 'environment' AS kind, e.id, e.name AS title, p.name AS subtitle, e.status::text AS state,
          e.inside, 1 AS place
        FROM named e JOIN project p ON p.id = e.project_id
        WHERE e.living AND ($4::text[] IS NULL OR e.project_id = ANY($4))
        ORDER BY inside, e.created_at DESC LIMIT ${perKind})
       UNION ALL
       (SELECT 'template', t.name, t.title, t.category, '', NOT t.title ILIKE $2 AS inside, 2 FROM template t
        WHERE (t.title ILIKE $1 OR t.name ILIKE $1 OR array_to_string(t.tags, ' ') ILIKE $1)
          AND EXISTS (SELECT 1 FROM template_version v WHERE v.template_id = t.id AND v.status = 'published')
        ORDER BY inside, t.title LIMIT ${perKind})
       UNION ALL
       (SELECT 'request', q.id, q.name, q.kind::text, q.status::text, q.inside, 3
        FROM (
          SELECT q.id, q.kind, q.status, q.created_at, q.origin, q.project_id, e.name, e.inside
          FROM best e JOIN request q ON q.environment_id = e.id
          UNION
          SELECT q.id, q.kind, q.status, q.created_at, q.origin, q.project_id, e.name, NOT e.name LIKE $2
          FROM request q JOIN environment e ON e.id = q.environment_id WHERE q.id = $3) q
        WHERE q.origin = 'user' AND ($5::text[] IS NULL OR q.project_id = ANY($5))
        ORDER BY q.inside, q.created_at DESC LIMIT ${perKind})
       UNION ALL
       (SELECT 'project', p.slug, p.name, c.name, '', NOT p.name ILIKE $2 AS inside, 4
        FROM project p JOIN cost_center c ON c.id = p.cost_center_id
        WHERE p.archived_at IS NULL AND (p.name ILIKE $1 OR p.slug ILIKE $1) AND ($6::text[] IS NULL OR p.id = ANY($6))
        ORDER BY inside, p.name LIMIT ${perKind})
       UNION ALL
       (SELECT 'person', u.email, u.name, u.email, '', NOT u.name ILIKE $2 AS inside, 5 FROM app_user u
        WHERE $7 AND (u.name ILIKE $1 OR u.email ILIKE $1) ORDER BY inside, u.name LIMIT ${perKind})) hit
     ORDER BY inside, place`,
    [
      `%${escaped}%`,
      `${escaped}%`,
      text,
      scope(environments),
      scope(requests),
      scope(projects),
      can(actor, "user.read"),
    ],
    { name: "search_everything" },
  );
  return rows.map((row) => ({
    kind: row.kind,
    title: row.title,
    subtitle: subtitleOf(row),
    href: hrefs[row.kind](row.id),
  }));
}

/** In the words the screens have for it. */
function subtitleOf({ kind, subtitle, state }: Row): string {
  if (kind === "environment") {
    return `${subtitle} · ${environmentStatusLabels[state as EnvironmentStatus].toLowerCase()}`;
  }
  if (kind === "request") {
    return `${requestKindLabels[subtitle as RequestKind]} · ${requestStatusLabels[state as RequestStatus].toLowerCase()}`;
  }
  return subtitle;
}
