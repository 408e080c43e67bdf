import { sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import { sessionRows } from "@/lib/features/identity/joins";
import { memberRows, projectRows } from "@/lib/features/projects/joins";
import { getPrisma, type Prisma, rowOf, rowsOf, statements, type Tx } from "@/lib/platform/db";
import type { UserDto, UserFilter } from "./schema";

/** The last user of a page: what the list is sorted by, as text, and the id. */
interface UserCursor {
  key: string;
  id: string;
}

const lastSeenAt = statements
  .selectFrom(sessionRows.as("s"))
  .select((eb) => eb.fn.max<Date | null>("s.last_seen_at").as("at"))
  .where("s.user_id", "=", sql.ref<string>("u.id"));

const memberships = statements
  .selectFrom(memberRows.as("m"))
  .innerJoin(projectRows.as("p"), "p.id", "m.project_id")
  .select(["p.id", "p.slug", "p.name", "m.role"])
  .where("m.user_id", "=", sql.ref<string>("u.id"))
  .orderBy("p.name");

const users = statements
  .selectFrom("app_user as u")
  .select((eb) => [
    "u.id",
    "u.email",
    "u.unclaimed_email as unclaimedEmail",
    "u.name",
    "u.org_role as orgRole",
    eb("u.disabled_at", "is not", null).$castTo<boolean>().as("disabled"),
    "u.is_demo as isDemo",
    eb("u.password_hash", "is not", null).$castTo<boolean>().as("hasPassword"),
    "u.created_at as createdAt",
    lastSeenAt.as("lastSeenAt"),
    jsonArrayFrom(memberships).as("projects"),
  ]);

/** Per sort: the expression, its type (the cursor carries it as text) and the direction. */
const sorts = {
  name: { order: sql`u.name`, type: sql`text`, down: false },
  seen: {
    order: sql`coalesce(${lastSeenAt}, '-infinity'::timestamptz)`,
    type: sql`timestamptz`,
    down: true,
  },
};

/** Users after a cursor, each with its own one (`sortKey`, id), at most `limit`. */
export async function listUserRows(
  filter: UserFilter,
  after: UserCursor | undefined,
  limit: number,
): Promise<(UserDto & { sortKey: string })[]> {
  const { order, type, down } = sorts[filter.sort ?? "name"];
  const descending = filter.direction ? filter.direction === "desc" : down;
  const way = descending ? "desc" : "asc";
  let list = users.select(sql<string>`(${order})::text`.as("sortKey"));
  if (after) {
    const beyond = descending ? sql`<` : sql`>`;
    list = list.where(sql<boolean>`(${order}, u.id) ${beyond} (${after.key}::${type}, ${after.id})`);
  }
  if (filter.q) {
    const words = sql`concat_ws(' ', u.name, u.email, u.unclaimed_email)`;
    list = list.where(sql<boolean>`strpos(lower(${words}), lower(${filter.q}::text)) > 0`);
  }
  if (filter.role === "member") list = list.where("u.org_role", "is", null);
  else if (filter.role) list = list.where("u.org_role", "=", filter.role);
  if (filter.disabled !== undefined)
    list = list.where("u.disabled_at", filter.disabled ? "is not" : "is", null);
  const rows = await rowsOf(list.orderBy(order, way).orderBy("u.id", way).limit(limit));
  return rows.map(({ sortKey, ...row }) => ({ ...toUser(row), sortKey }));
}

/** One user, or null. */
export async function findUser(id: string): Promise<UserDto | null> {
  const row = await rowOf(users.where("u.id", "=", id));
  return row && toUser(row);
}

function toUser<Row extends { createdAt: Date; lastSeenAt: Date | null }>(row: Row) {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
  };
}

/** The id of the user with exactly this address, or null. */
export async function findUserIdByAddress(email: string): Promise<string | null> {
  const user = await getPrisma().user.findUnique({ where: { email }, select: { id: true } });
  return user?.id ?? null;
}

/** The id of an enabled user by id or email address, or null. */
export async function findEnabledUserId(idOrEmail: string): Promise<string | null> {
  const user = await getPrisma().user.findFirst({
    where: { OR: [{ id: idOrEmail }, { email: idOrEmail.toLowerCase() }], disabledAt: null },
    select: { id: true },
  });
  return user?.id ?? null;
}

/** The administrator who is no demo user, is enabled and was created first, or null. */
export async function findFirstAdministrator(tx: Tx): Promise<string | null> {
  const user = await tx.prisma.user.findFirst({
    where: { orgRole: "admin", isDemo: false, disabledAt: null },
    select: { id: true },
    orderBy: { createdAt: "asc" },
  });
  return user?.id ?? null;
}

/** The names of users by id; one who is gone is missing. */
export async function userNames(ids: readonly string[]): Promise<Map<string, string>> {
  const users = await getPrisma().user.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  });
  return new Map(users.map(({ id, name }) => [id, name]));
}

/** Names of enabled administrators, those of the demonstration last; at most `limit`. */
export async function listAdministratorNames(limit: number): Promise<string[]> {
  const administrators = await getPrisma().user.findMany({
    where: { orgRole: "admin", disabledAt: null },
    select: { name: true },
    orderBy: [{ isDemo: "asc" }, { name: "asc" }],
    take: limit,
  });
  return administrators.map(({ name }) => name);
}

/** Locks all administrators in one order: two of them who take each other's role cannot both succeed. */
export async function lockAdministrators(tx: Tx): Promise<void> {
  await rowsOf(
    statements
      .selectFrom("app_user")
      .select("id")
      .where("org_role", "=", "admin")
      .orderBy("id")
      .forNoKeyUpdate(),
    tx,
  );
}

/** A user by id or email address, disabled or not, who is not changed until the transaction ends; or null. */
export async function lockUser(tx: Tx, idOrEmail: string) {
  return await rowOf(
    statements
      .selectFrom("app_user")
      .select(["id", "name", "org_role as orgRole"])
      .select(sql<boolean>`disabled_at is not null`.as("disabled"))
      .where((eb) => eb.or([eb("id", "=", idOrEmail), eb("email", "=", sql<string>`lower(${idOrEmail})`)]))
      .forShare(),
    tx,
  );
}

/** How many enabled administrators there are. */
export async function countAdministrators(tx: Tx): Promise<number> {
  return await tx.prisma.user.count({ where: { orgRole: "admin", disabledAt: null } });
}

/** Writes a new user. */
export async function insertUser(tx: Tx, data: Prisma.UserCreateInput): Promise<void> {
  await tx.prisma.user.create({ data, select: { id: true } });
}

/** What decides over a change of a user; null where there is none. */
export async function findUserState(tx: Tx, id: string) {
  return await tx.prisma.user.findUnique({ where: { id }, select: { orgRole: true, disabledAt: true } });
}

/** Changes a user that is there. */
export async function changeUser(tx: Tx, id: string, data: Prisma.UserUpdateInput): Promise<void> {
  await tx.prisma.user.update({ where: { id }, data, select: { id: true } });
}
