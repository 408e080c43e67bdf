import { afterAll, beforeAll, expect, it } from "vitest";
import { GET as me } from "@/app/api/v1/me/route";
import { DELETE as revoke } from "@/app/api/v1/tokens/[id]/route";
import { POST as create, GET as list } from "@/app/api/v1/tokens/route";
import { PATCH as updateUser } from "@/app/api/v1/users/[id]/route";
import { execute, query } from "@/lib/platform/db";
import type { TestDatabase } from "../support/database";
import { type Answer, call, makePerson, makeToken, type TestPerson, useTestPortal } from "../support/portal";

/** A token that was made with a token ends with it, by whatever way that one ends. */

let database: TestDatabase;
let admin: TestPerson;
beforeAll(async () => {
  database = await useTestPortal();
  admin = await makePerson("admin", { orgRole: "admin" });
});
afterAll(async () => await database.drop());

let numbers = 0;
async function owner(): Promise<TestPerson & { tokenId: string }> {
  numbers += 1;
  const person = await makePerson(`owner-${numbers}`);
  const [row] = await query<{ id: string }>("SELECT id FROM api_token WHERE user_id = $1", [person.id]);
  return { ...person, tokenId: row?.id ?? "" };
}

async function child(token: string, body: Record<string, unknown> = {}): Promise<Answer> {
  return await call(create, { token, body: { name: "child", scopes: ["read", "write"], ...body } });
}

const works = async (token: string) => (await call(me, { token })).status === 200;

/** A token, one made with it, and one made with that one. */
async function family() {
  const person = await owner();
  const { body: first } = await child(person.token);
  const { body: second } = await child(first.token, { name: "grandchild" });
  expect(await works(second.token)).toBe(true);
  return { person, first, second };
}

it("says which token it was made with", async () => {
  const { person, first, second } = await family();
  expect(first.parent).toEqual({ id: person.tokenId, name: "test" });
  expect(second.parent).toEqual({ id: first.id, name: "child" });
  const { body } = await call(list, { token: person.token });
  const parents = body.items.map((one: { parent: { id: string } | null }) => one.parent?.id ?? null);
  expect(parents).toEqual([first.id, person.tokenId, null]);
});

it("ends when its parent is revoked, at every distance, and the audit log names it", async () => {
  const { person, first, second } = await family();
  const { status } = await call(revoke, {
    method: "DELETE",
    token: person.token,
    params: { id: person.tokenId },
  });
  expect(status).toBe(204);
  for (const token of [person.token, first.token, second.token]) expect(await works(token)).toBe(false);
  const [event] = await query<{ ended: string[] }>(
    `SELECT detail->'alsoEnded' AS ended FROM audit_event WHERE action = 'token.revoke' AND object_id = $1`,
    [person.tokenId],
  );
  expect(event?.ended.toSorted()).toEqual([first.id, second.id].toSorted());
});

it("leaves its parent and its siblings alone when it ends", async () => {
  const { person, first, second } = await family();
  const { body: sibling } = await child(person.token);
  await call(revoke, { method: "DELETE", token: person.token, params: { id: first.id } });
  expect(await works(second.token)).toBe(false);
  for (const token of [person.token, sibling.token]) expect(await works(token)).toBe(true);
});

it("ends when its parent's user is disabled, and does not come back with them", async () => {
  const { person, second } = await family();
  for (const disabled of [true, false]) {
    const body = { disabled };
    await call(updateUser, { method: "PATCH", token: admin.token, params: { id: person.id }, body });
    expect(await works(second.token)).toBe(false);
  }
});

it("ends no later than its parent, also when that one's end is moved", async () => {
  const person = await owner();
  await execute("UPDATE api_token SET expires_at = now() + interval '2 days' WHERE id = $1", [
    person.tokenId,
  ]);
  for (const expiresInDays of [null, 90, 3]) {
    const { body } = await child(person.token, { expiresInDays });
    expect(Date.parse(body.expiresAt)).toBeLessThanOrEqual(Date.now() + 2 * 86_400_000);
  }
  const { body: sooner } = await child(person.token, { expiresInDays: 1 });
  expect(Date.parse(sooner.expiresAt)).toBeLessThan(Date.now() + 1.1 * 86_400_000);
  await execute("UPDATE api_token SET expires_at = now() WHERE id = $1", [person.tokenId]);
  expect(await works(sooner.token)).toBe(false);
});

it("may do no more than its parent", async () => {
  const person = await owner();
  const reader = await makeToken(person.id, ["read"]);
  expect((await child(reader, { scopes: ["read"] })).status, "a token to read makes none").toBe(403);
  const writer = await makeToken(person.id, ["write"]);
  expect((await child(writer, { scopes: ["read", "write"] })).status).toBe(201);
  for (const scopes of [["approve"], ["admin"], ["write", "admin"]]) {
    expect((await child(writer, { scopes })).status).toBe(403);
  }
});

it("is held to that by the database as well", async () => {
  const [person, other] = [await owner(), await owner()];
  await execute(
    "UPDATE api_token SET scopes = '{write}', expires_at = now() + interval '1 day' WHERE id = $1",
    [person.tokenId],
  );
  const insert = (userId: string, scopes: string[], days: number | null) =>
    execute(
      `INSERT INTO api_token (id, user_id, name, prefix, hash, scopes, expires_at, parent_id)
       VALUES (gen_random_uuid(), $1, 'x', 'x', gen_random_uuid(), $2, now() + make_interval(days => $3), $4)`,
      [userId, scopes, days, person.tokenId],
    );
  await expect(insert(person.id, ["admin"], 0)).rejects.toThrow(/may do no more/);
  await expect(insert(other.id, ["write"], 0)).rejects.toThrow(/may do no more/);
  await expect(insert(person.id, ["write"], 2)).rejects.toThrow(/may do no more/);
  await expect(insert(person.id, ["write"], null)).rejects.toThrow(/may do no more/);
  await insert(person.id, ["read", "write"], 0);
  await execute("UPDATE api_token SET revoked_at = now() WHERE id = $1", [person.tokenId]);
  await expect(insert(person.id, ["write"], 0)).rejects.toThrow(/has ended/);
});

it("cannot slip through while its parent is being revoked", async () => {
  for (let round = 0; round < 10; round += 1) {
    const person = await owner();
    const made = Array.from({ length: 4 }, () => child(person.token));
    const ended = call(revoke, { method: "DELETE", token: person.token, params: { id: person.tokenId } });
    const answers = await Promise.all(made);
    await ended;
    for (const { status, body } of answers) {
      expect([201, 401]).toContain(status);
      if (status === 201) expect(await works(body.token)).toBe(false);
    }
  }
});
