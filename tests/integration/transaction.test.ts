import { afterAll, beforeAll, expect, test } from "vitest";
import { resetConfig } from "@/lib/platform/config";
import {
  closeDb,
  execute,
  getPrisma,
  inSnapshot,
  inTransaction,
  pooled,
  query,
  rowOf,
  rowsOf,
  statements,
  type Tx,
  writtenBy,
} from "@/lib/platform/db";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  Object.assign(process.env, { DATABASE_URL: database.url, LOG_LEVEL: "silent" });
  resetConfig();
});
afterAll(async () => {
  await closeDb();
  await database?.drop();
});

const setting = (key: string) => ({ key, value: { of: key } });
const keys = statements.selectFrom("setting").select("key").orderBy("key");
const written = async () => (await rowsOf(keys)).map((row) => row.key);
const clear = () => execute("DELETE FROM setting");

/** One setting in each of the three ways. */
async function writeThree(tx: Tx, prefix: string): Promise<void> {
  await tx.prisma.setting.create({ data: setting(`${prefix}-prisma`) });
  const value = JSON.stringify({});
  const row = { key: `${prefix}-kysely`, value, updated_at: new Date() };
  await writtenBy(statements.insertInto("setting").values(row), tx);
  await execute("INSERT INTO setting (key, value, updated_at) VALUES ($1, '{}', now())", [`${prefix}-sql`], {
    db: tx,
  });
}

test("a transaction is one, whichever way its statements are written", async () => {
  await inTransaction(async (tx) => {
    const pid = "SELECT pg_backend_pid() AS pid, txid_current() AS tx";
    const [mine] = await query<{ pid: number; tx: bigint }>(pid, [], { db: tx });
    const [prismas] = await tx.prisma.$queryRawUnsafe<{ pid: number; tx: bigint }[]>(pid);
    expect(prismas).toEqual(mine);
    await writeThree(tx, "one");
    // Each sees what the others wrote, and no one else does.
    expect(await tx.prisma.setting.count()).toBe(3);
    expect(await rowsOf(keys, tx)).toHaveLength(3);
    expect(await written()).toEqual([]);
  });
  expect(await written()).toEqual(["one-kysely", "one-prisma", "one-sql"]);
  await clear();
});

test("what fails takes everything along, also a write of Prisma that no one waited for", async () => {
  const failing = inTransaction(async (tx) => {
    await writeThree(tx, "lost");
    throw new Error("changed its mind");
  });
  await expect(failing).rejects.toThrow("changed its mind");
  const duplicate = inTransaction(async (tx) => {
    await writeThree(tx, "twice");
    await tx.prisma.setting.create({ data: setting("twice-sql") });
  });
  await expect(duplicate).rejects.toMatchObject({ code: "P2002" });
  const unwaited = inTransaction(async (tx) => {
    void tx.prisma.setting.create({ data: setting("unwaited") }).catch(() => {});
    throw new Error("left early");
  });
  await expect(unwaited).rejects.toThrow("left early");
  expect(await written()).toEqual([]);
});

test("many at once never mix, neither their reads by key nor their trees", async () => {
  await getPrisma().setting.create({ data: setting("shared") });
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      inTransaction(async (tx) => {
        // Prisma joins reads by key that are asked for in one turn into one statement.
        await tx.prisma.setting.create({ data: setting(`own-${index}`) });
        const [own, others] = await Promise.all([
          tx.prisma.setting.findUnique({ where: { key: `own-${index}` } }),
          tx.prisma.setting.findUnique({ where: { key: `own-${(index + 1) % 20}` } }),
        ]);
        expect(own).not.toBeNull();
        expect(others).toBeNull();
        throw new Error("nothing stays");
      }).catch((error: Error) => expect(error.message).toBe("nothing stays")),
    ),
  );
  expect(await written()).toEqual(["shared"]);
  await clear();
});

test("trees of Prisma are written in it", async () => {
  const make = (tx: Tx, slug: string) =>
    tx.prisma.project.create({
      data: {
        id: `prj_${slug}`,
        slug,
        name: slug,
        costCenter: { create: { id: `cc_${slug}`, code: slug, name: slug } },
        members: { create: { role: "owner", user: { create: person(slug) } } },
      },
      include: { members: true },
    });
  await expect(
    inTransaction(async (tx) => {
      expect((await make(tx, "undone")).members).toHaveLength(1);
      throw new Error("undone");
    }),
  ).rejects.toThrow("undone");
  await inTransaction((tx) => make(tx, "done"));
  expect(await getPrisma().project.findMany({ select: { slug: true } })).toEqual([{ slug: "done" }]);
  expect(await getPrisma().user.count()).toBe(1);
});

const person = (name: string) => ({ id: `usr_${name}`, email: `${name}@example.com`, name });

test("statements are typed, prepared and counted", async () => {
  await inTransaction((tx) => writeThree(tx, "typed"));
  const one = statements.selectFrom("setting").select(["key", "updated_at"]).where("key", "=", "typed-sql");
  const row = await rowOf(one);
  expect(row?.updated_at).toBeInstanceOf(Date);
  expect(await rowOf(one.where("key", "=", "none"))).toBeNull();
  const touch = statements.updateTable("setting").set({ value: "{}" }).where("key", "like", "typed-%");
  expect(await writtenBy(touch)).toBe(3);
  await inTransaction(async (tx) => {
    for (let use = 0; use < 3; use += 1) await rowOf(one, tx);
    const prepared = await query<{ statement: string }>(
      "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%from \"setting\"%'",
      [],
      { db: tx },
    );
    expect(prepared).not.toEqual([]);
  });
  await clear();
});

test("a snapshot shows one moment and writes nothing", async () => {
  await inSnapshot(async (tx) => {
    expect(await rowsOf(keys, tx)).toEqual([]);
    await writtenBy(
      statements.insertInto("setting").values({ key: "later", value: "{}", updated_at: new Date() }),
      pooled,
    );
    expect(await rowsOf(keys, tx)).toEqual([]);
    expect(await tx.prisma.setting.count()).toBe(0);
  });
  expect(await written()).toEqual(["later"]);
  await expect(inSnapshot((tx) => tx.prisma.setting.create({ data: setting("no") }))).rejects.toThrow(
    /read-only/,
  );
  await clear();
});

test("a connection that breaks in the middle commits nothing and is not lent again", async () => {
  const broken = inTransaction(async (tx) => {
    await writeThree(tx, "cut");
    const [{ pid }] = (await query<{ pid: number }>("SELECT pg_backend_pid() AS pid", [], { db: tx })) as [
      { pid: number },
    ];
    await query("SELECT pg_terminate_backend($1)", [pid]);
    await tx.prisma.setting.count();
  });
  await expect(broken).rejects.toThrow();
  expect(await written()).toEqual([]);
  await inTransaction((tx) => writeThree(tx, "again"));
  expect(await written()).toHaveLength(3);
});
