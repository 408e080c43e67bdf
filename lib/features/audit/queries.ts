import { z } from "zod";
import { type Actor, visibleProjects } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { decodeCursor, type Page, type PageQuery, toPage } from "@/lib/platform/http";
import type { AuditEventDto, AuditFilter } from "./schema";

interface Row extends Omit<AuditEventDto, "seq" | "at"> {
  seq: bigint;
  at: Date;
}

const columns = `seq, id, at, actor_id AS "actorId", actor_label AS actor, via, action, object_type AS "objectType",
  object_id AS "objectId", project_id AS "projectId", outcome, detail, request_id AS "requestId", ip, hash`;

/** Few act, and often: their names are read off the index one by one, and each is compared once. */
const actors = `WITH RECURSIVE actors AS (
    (SELECT actor_label AS label FROM audit_event ORDER BY actor_label LIMIT 1)
    UNION ALL
    SELECT (SELECT e.actor_label FROM audit_event e WHERE e.actor_label > a.label ORDER BY e.actor_label LIMIT 1)
      FROM actors a WHERE a.label IS NOT NULL)`;

/** Newest first: everything for who may read the whole audit, else the events of the actor's own projects. */
export async function listAuditEvents(
  actor: Actor,
  filter: AuditFilter & PageQuery,
): Promise<Page<AuditEventDto>> {
  const visible = visibleProjects(actor, "audit.read");
  const before = decodeCursor(filter.cursor, z.object({ seq: z.number().int() }))?.seq ?? null;
  const prefix = filter.action?.endsWith(".") ? filter.action : null;
  const rows = await query<Row>(
    `${actors} SELECT ${columns} FROM audit_event
      WHERE ($1::bigint IS NULL OR seq < $1) AND ($2::text[] IS NULL OR project_id = ANY($2))
        AND ($3::text IS NULL OR actor_id = $3) AND ($4::text IS NULL OR action = $4)
        AND ($5::text IS NULL OR starts_with(action, $5)) AND ($6::text IS NULL OR object_type = $6)
        AND ($7::text IS NULL OR object_id = $7) AND ($8::text IS NULL OR project_id = $8)
        AND ($9::text IS NULL OR outcome = $9) AND ($10::timestamptz IS NULL OR at >= $10)
        AND ($11::timestamptz IS NULL OR at < $11)
        AND ($12::text IS NULL OR strpos(object_id, $12) > 0 OR actor_label = ANY(ARRAY(
          SELECT label FROM actors WHERE strpos(lower(label), lower($12)) > 0)))
      ORDER BY seq DESC LIMIT $13`,
    [
      before,
      visible === "all" ? null : visible,
      filter.actorId ?? null,
      prefix ? null : (filter.action ?? null),
      prefix,
      filter.objectType ?? null,
      filter.objectId ?? null,
      filter.projectId ?? null,
      filter.outcome ?? null,
      filter.from ?? null,
      filter.to ?? null,
      filter.q || null,
      filter.limit + 1,
    ],
  );
  return toPage(rows, filter.limit, (row) => ({ seq: Number(row.seq) }), toDto);
}

/** Every event after a number, oldest first; for sending them elsewhere, not for people. */
export async function listEventsAfter(seq: number, limit: number): Promise<AuditEventDto[]> {
  const rows = await query<Row>(`SELECT ${columns} FROM audit_event WHERE seq > $1 ORDER BY seq LIMIT $2`, [
    seq,
    limit,
  ]);
  return rows.map(toDto);
}

function toDto(row: Row): AuditEventDto {
  return { ...row, seq: Number(row.seq), at: row.at.toISOString() };
}
