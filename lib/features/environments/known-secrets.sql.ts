import { query } from "@/lib/platform/db";
import { resourcesOfEach } from "./resources.sql";

/** What a sealed text holds, and which of it is secret. */
type Shape = "value" | "json" | "published" | "outputs" | "credentials" | "git";

export interface SealedRow {
  environmentId: string;
  shape: Shape;
  /** Id of the cloud for its credentials; ids of project and credential for a Git credential. */
  sealedFor: string | null;
  sealed: string;
}

/** Former secrets that are looked for, newest first. */
const mostFormer = 1_000;

/**
 * Everything the database knows to be secret of environments: generated secrets and secret parameters, those they had
 * before, those of plans that wait or were refused, sensitive outputs, the credentials of the clouds they live on, and
 * the Git credentials of their project. Every run asks this: what no cloud and no project has is looked for once, by
 * the two EXISTS, and not for each environment. Raw SQL, since it reads resources with `unnest` (`resourcesOfEach`).
 */
const sealedSql = `
  SELECT environment_id AS "environmentId", CASE WHEN component = '' THEN 'json' ELSE 'value' END AS shape,
    NULL AS "sealedFor", sealed FROM environment_secret WHERE environment_id = ANY($1)
  UNION ALL SELECT environment_id, shape, NULL, sealed FROM (
    SELECT f.*, row_number() OVER (PARTITION BY environment_id ORDER BY retired_at DESC) AS place
    FROM former_secret f WHERE environment_id = ANY($1)) f WHERE place <= ${mostFormer}
  UNION ALL SELECT asked.id, 'published', NULL, r.sealed_outputs FROM ${resourcesOfEach("sealed_outputs IS NOT NULL")} r
  UNION ALL SELECT id, 'outputs', NULL, sealed_outputs FROM environment
    WHERE id = ANY($1) AND sealed_outputs IS NOT NULL
  UNION ALL SELECT environment_id, 'json', NULL, sealed FROM plan WHERE environment_id = ANY($1) AND sealed IS NOT NULL
  UNION ALL SELECT p.id, 'credentials', c.id, c.credentials FROM (
    SELECT e.id, placed.value->>'cloudId' AS cloud_id FROM environment e, jsonb_each(e.placement) placed
      WHERE e.id = ANY($1) AND EXISTS (SELECT 1 FROM cloud WHERE credentials IS NOT NULL)
    UNION SELECT environment_id, cloud_id FROM resource
      WHERE environment_id = ANY($1) AND EXISTS (SELECT 1 FROM cloud WHERE credentials IS NOT NULL)) p
    JOIN cloud c ON c.id = p.cloud_id WHERE c.credentials IS NOT NULL
  UNION ALL SELECT e.id, 'git', g.project_id || ' ' || g.id, g.sealed FROM environment e
    JOIN git_credential g ON g.project_id = e.project_id
    WHERE e.id = ANY($1) AND EXISTS (SELECT 1 FROM git_credential)`;

/** What is sealed of environments, in no order. */
export async function listSealed(environmentIds: readonly string[]): Promise<SealedRow[]> {
  return await query<SealedRow>(sealedSql, [environmentIds], { name: "environment_known_secrets" });
}
