import { z } from "zod";
import { notFound } from "@/lib/kernel/errors";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { decodeCursor, type Page, type PageQuery, toPage } from "@/lib/platform/http";
import type { UserDto, UserFilter } from "./schema";
import { findUser, findUserIdByAddress, listAdministratorNames, listUserRows } from "./store";

/** People, keyset-paged: by name, or by when they were last seen. */
export async function listUsers(actor: Actor, filter: PageQuery & UserFilter): Promise<Page<UserDto>> {
  requirePermission(actor, "user.read");
  const after = decodeCursor(filter.cursor, z.object({ key: z.string(), id: z.string() }));
  const rows = await listUserRows(filter, after, filter.limit + 1);
  return toPage(
    rows,
    filter.limit,
    (row) => ({ key: row.sortKey, id: row.id }),
    ({ sortKey: _sortKey, ...user }) => user,
  );
}

/** One person. @throws AppError `not_found` */
export async function getUser(actor: Actor, id: string): Promise<UserDto> {
  if (actor.userId !== id) requirePermission(actor, "user.read", { objectType: "user", objectId: id });
  const user = await findUser(id);
  if (!user) throw notFound("The user");
  return user;
}

/** What stands in for the address of a person who has proven none: unique, and no address at all (RFC 2606). */
export const unverifiedAddress = (userId: string) => `${userId}@unverified.invalid`;

/** The id of the person with an e-mail address, or null. */
export async function findUserIdByEmail(email: string): Promise<string | null> {
  return await findUserIdByAddress(email.trim().toLowerCase());
}

/** Names of users who can grant roles, for those who lack one; at most three. */
export async function administratorNames(): Promise<string[]> {
  return await listAdministratorNames(3);
}
