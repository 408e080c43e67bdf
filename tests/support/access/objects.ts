import type { Published } from "@/lib/engine/plan";
import { gitCredentialContext } from "@/lib/features/credentials";
import { secretContext } from "@/lib/features/environments";
import { newId } from "@/lib/kernel/ids";
import { seal, unseal } from "@/lib/platform/crypto";
import { execute, getPool, query } from "@/lib/platform/db";
import { makePerson } from "../portal";
import { insertHistory } from "../put-status";

/** Real things of one project, or ids that nothing has. */
export interface Objects {
  /** Null: none of these exists. */
  projectId: string | null;
  environments: string;
  requests: string;
  runs: string;
  backups: string;
  projects: string;
  /** A member who has no other part in anything. */
  userId: string;
  /** A Git credential of the project. */
  credentialId: string;
  /** Name of a component of the environment, and of an output that it has. */
  component: string;
  output: string;
  /** Words that a refused caller must not read. */
  names: string[];
}

export const noObjects: Objects = {
  projectId: null,
  environments: "env_zzzzzzzzzz",
  requests: "req_zzzzzzzzzz",
  runs: "run_zzzzzzzzzz",
  backups: "bak_zzzzzzzzzz",
  projects: "prj_zzzzzzzzzz",
  userId: "usr_zzzzzzzzzz",
  credentialId: "gcr_zzzzzzzzzz",
  component: "web",
  output: "url",
  names: [],
};

/** Things of a project as they are now: earlier calls may have taken some away. */
export async function objectsOf(projectId: string): Promise<Objects> {
  const one = async (column: string, sql: string): Promise<string> => {
    const [row] = await query<{ found: string }>(`SELECT ${column} AS found FROM ${sql} LIMIT 1`, [
      projectId,
    ]);
    if (!row) throw new Error(`The demo data has no ${column} of ${sql}.`);
    return row.found;
  };
  const member = await makePerson(newId("user"), { projects: { [projectId]: "viewer" } });
  const { environments, component, output } = await revealable(projectId);
  return {
    projectId,
    environments,
    component,
    output,
    requests: await one(
      "x.id",
      "request x WHERE project_id = $1 ORDER BY status = 'pending_approval' DESC, id",
    ),
    runs: await one(
      "x.id",
      `run x JOIN environment e ON e.id = x.environment_id
       WHERE e.project_id = $1 ORDER BY x.status = 'failed' DESC, x.id`,
    ),
    backups: await copyBackup(projectId),
    projects: projectId,
    userId: member.id,
    credentialId: await makeGitCredential(projectId),
    names: [
      await one("x.name", `environment x WHERE project_id = $1 AND id = '${environments}'`),
      await one("x.slug", "project x WHERE id = $1"),
      await one("x.name", "project x WHERE id = $1"),
      member.email,
    ],
  };
}

/** A backup like one of the project's that no one else deletes. */
async function copyBackup(projectId: string): Promise<string> {
  const id = newId("backup");
  const copied = await insertHistory(
    getPool(),
    `INSERT INTO backup SELECT (jsonb_populate_record(x, jsonb_build_object('id', $2::text))).*
       FROM backup x JOIN environment e ON e.id = x.environment_id
      WHERE e.project_id = $1 AND x.status = 'succeeded' ORDER BY x.id LIMIT 1`,
    [projectId, id],
  );
  if (copied.rowCount !== 1) throw new Error(`The demo data has no backup of ${projectId}.`);
  return id;
}

async function makeGitCredential(projectId: string): Promise<string> {
  const id = newId("gitCredential");
  await execute(
    `INSERT INTO git_credential (id, project_id, name, address, username, sealed, updated_at)
     VALUES ($1, $2, 'walked', 'https://git.example.com/' || $1, 'robot', $3, now())`,
    [id, projectId, seal("of the robot", gitCredentialContext(projectId, id))],
  );
  return id;
}

/** An environment with an output that can be revealed, running if one of them still is. */
async function revealable(projectId: string) {
  const rows = await query<{ environments: string; component: string; sealed: string }>(
    `SELECT e.id AS environments, r.component, r.sealed_outputs AS sealed
       FROM environment e JOIN resource r ON r.environment_id = e.id
      WHERE e.project_id = $1 AND e.destroyed_at IS NULL AND r.sealed_outputs IS NOT NULL
      ORDER BY e.status = 'running' DESC, e.id, r.component`,
    [projectId],
  );
  for (const { environments, component, sealed } of rows) {
    const { external } = JSON.parse(unseal(sealed, secretContext(environments))) as Published;
    const [output] = Object.keys(external.outputs);
    if (output) return { environments, component, output };
  }
  throw new Error("The demo data has nothing to reveal.");
}

/** What belongs to the whole organization. */
export interface OrganizationObjects {
  clouds: string;
  "cost-centers": string;
  "price-books": string;
  queues: string;
  users: string;
  statement: string;
  published: { name: string; version: string; file: string };
  draft: { name: string; version: string; file: string };
}

/** Makes a statement and a template that has nothing but a draft beside what the demo data brings. */
export async function organizationObjects(): Promise<OrganizationObjects> {
  const id = async (table: string) =>
    (await query<{ id: string }>(`SELECT id FROM ${table} LIMIT 1`))[0]?.id ?? "";
  await execute(
    `INSERT INTO statement (id, cost_center_id, month, currency, total, digest, lines)
     SELECT 'stm_walked', cost_center_id, '2020-01-01', 'EUR', 0, 'none', '[]' FROM project LIMIT 1`,
  );
  await execute(
    "INSERT INTO template (id, name, title, tags, updated_at) VALUES ('tpl_draft', 'hidden-draft', 'Hidden draft', '{}', now())",
  );
  await execute(
    `INSERT INTO template_version (id, template_id, version, status, source, manifest, digest)
     SELECT 'tpv_draft', 'tpl_draft', '7.7.7', 'draft', source, manifest, 'none' FROM template_version LIMIT 1`,
  );
  await execute(
    `INSERT INTO template_file (version_id, path, content, sha256) VALUES ('tpv_draft', 'app/a b.txt', 'x', 'none')`,
  );
  const [published] = await query<OrganizationObjects["published"]>(
    `SELECT t.name, v.version, f.path AS file FROM template t JOIN template_version v ON v.template_id = t.id
       JOIN template_file f ON f.version_id = v.id
      WHERE v.status = 'published' ORDER BY t.name LIMIT 1`,
  );
  if (!published) throw new Error("The catalog is empty.");
  return {
    clouds: await id("cloud"),
    "cost-centers": await id("cost_center"),
    "price-books": await id("price_book"),
    queues: "provisioning",
    users: await id("app_user"),
    statement: "stm_walked",
    published,
    draft: { name: "hidden-draft", version: "7.7.7", file: "app/a b.txt" },
  };
}

/** Everything the database holds, as one hash a table, without what a mere look changes. */
export async function fingerprint(): Promise<Record<string, string>> {
  const tables = await query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'
        AND table_type = 'BASE TABLE' AND table_name NOT IN ('audit_event', 'live_event', 'login_throttle', 'rate_limit_count') ORDER BY 1`,
  );
  const out: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await query<{ hash: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(h, '' ORDER BY h)), '') AS hash
         FROM (SELECT md5((to_jsonb(t) - 'last_used_at' - 'last_seen_at')::text) AS h FROM "${name}" t) x`,
    );
    out[name] = row?.hash ?? "";
  }
  return out;
}
