import { z } from "zod";
import { notFound } from "@/lib/kernel/errors";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import { decodeCursor, type Page, type PageQuery, toPage } from "@/lib/platform/http";
import type { UserDto, UserFilter } from "./schema";

interface Row extends Omit<UserDto, "createdAt" | "lastSeenAt"> {
  createdAt: Date;
  lastSeenAt: Date | null;
}

const columns = `u.id, u.email, u.unclaimed_email AS "unclaimedEmail", u.name, u.org_role::text AS "orgRole", u.disabled_at IS NOT NULL AS disabled,
  u.is_demo AS "isDemo", u.password_hash IS NOT NULL AS "hasPassword", u.created_at AS "createdAt",
  (SELECT max(s.last_seen_at) FROM session s WHERE s.user_id = u.id) AS "lastSeenAt",
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', p.id, 'slug', p.slug, 'name', p.name, 'role', m.role) ORDER BY p.name)
    FROM project_member m JOIN project p ON p.id = m.project_id WHERE m.user_id = u.id), '[]') AS projects`;

/** Per sort: the expression, its type (the cursor carries it as text) and the direction. Constants, never input. */
const sorts = {
  name: { order: "u.name", type: "text", down: false },
  seen: {
    order:
      "coalesce((SELECT max(s.last_seen_at) FROM session s WHERE s.user_id = u.id), '-infinity'::timestamptz)",
    type: "timestamptz",
    down: true,
  },
} as const;

/** People, keyset-paged: by name, or by when they were last seen. */
export async function listUsers(actor: Actor, filter: PageQuery & UserFilter): Promise<Page<UserDto>> {
  requirePermission(actor, "user.read");
  const { order, type, down } = sorts[filter.sort ?? "name"];
  const descending = filter.direction ? filter.direction === "desc" : down;
  const way = descending ? "DESC" : "ASC";
  const after = decodeCursor(filter.cursor, z.object({ key: z.string(), id: z.string() }));
  const rows = await query<Row & { sortKey: string }>(
    `SELECT ${columns}, (${order})::text AS "sortKey" FROM app_user u
      WHERE ($1::text IS NULL OR (${order}, u.id) ${descending ? "<" : ">"} ($1::${type}, $2))
        AND ($3::text IS NULL OR strpos(lower(concat_ws(' ', u.name, u.email, u.unclaimed_email)), lower($3)) > 0)
        AND ($4::text IS NULL OR coalesce(u.org_role::text, 'member') = $4)
        AND ($5::boolean IS NULL OR (u.disabled_at IS NOT NULL) = $5)
      ORDER BY ${order} ${way}, u.id ${way} LIMIT $6`,
    [
      after?.key ?? null,
      after?.id ?? "",
      filter.q || null,
      filter.role ?? null,
      filter.disabled ?? null,
      filter.limit + 1,
    ],
  );
  return toPage(rows, filter.limit, (row) => ({ key: row.sortKey, id: row.id }), toDto);
}

/** One person. @throws AppError `not_found` */
export async function getUser(actor: Actor, id: string): Promise<UserDto> {
  if (actor.userId !== id) requirePermission(actor, "user.read", { objectType: "user", objectId: id });
  const [row] = await query<Row>(`SELECT ${columns} FROM app_user u WHERE u.id = $1`, [id]);
  if (!row) throw notFound("The user");
  return toDto(row);
}

/** What stands in for the address of a person who has proven none: unique, and no address at all (RFC 2606). */
export const unverifiedAddress = (userId: string) => `${userId}@unverified.invalid`;

/** The id of the person with an e-mail address, or null. */
export async function findUserIdByEmail(email: string): Promise<string | null> {
  const sql = "SELECT id FROM app_user WHERE email = $1";
  const [row] = await query<{ id: string }>(sql, [email.trim().toLowerCase()]);
  return row?.id ?? null;
}

/** Names of users who can grant roles, for those who lack one; at most three. */
export async function administratorNames(): Promise<string[]> {
  const rows = await query<{ name: string }>(
    "SELECT name FROM app_user WHERE org_role = 'admin' AND disabled_at IS NULL ORDER BY is_demo, name LIMIT 3",
    [],
    { name: "users_administrators" },
  );
  return rows.map((row) => row.name);
}

function toDto({ sortKey: _sortKey, ...row }: Row & { sortKey?: string }): UserDto {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
  };
}
