import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CloudConnection, Observation } from "@/lib/clouds/contract";
import { changeContext, eventually, newRef } from "../support/cloud-changes";
import { filesOf, machineTrial, processComponent } from "../support/machine-cloud";

type Present = Extract<Observation, { present: true }>;
const noFiles = filesOf({});
const signal = new AbortController().signal;

function database(password: string, memoryBytes = 256 * 2 ** 20) {
  return processComponent(
    {
      program: "postgres",
      ports: [5432],
      volumes: ["data:/data"],
      options: { user: "app", password, database: "shop" },
    },
    { size: { memoryBytes, cpu: 1 } },
  );
}

async function query(observation: Observation, password: string, sql: string): Promise<unknown[][]> {
  const { external } = observation as Present;
  const client = new Client({
    host: external.host,
    port: external.ports["5432"],
    user: "app",
    password,
    database: "shop",
    connectionTimeoutMillis: 5_000,
  });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows as unknown[][];
  } finally {
    await client.end();
  }
}

describe("PostgreSQL on the machine cloud", () => {
  const trial = machineTrial([21_260, 21_269]);
  const ref = newRef("db");
  let cloud: CloudConnection;

  beforeAll(async () => {
    cloud = await trial.open();
  });
  afterAll(async () => {
    await cloud.remove(ref, changeContext(noFiles));
    await cloud.removeEnvironment(ref.environmentId, changeContext(noFiles));
    trial.dispose();
  });

  it("stores rows for a client that knows the password, and for no one else", async () => {
    expect(await cloud.validate(database("first secret"))).toEqual([]);
    await cloud.apply(ref, "create", database("first secret"), changeContext(noFiles));
    const seen = await cloud.observe(ref);
    await query(
      seen,
      "first secret",
      "create table entries (id int primary key, text text); insert into entries values (1, 'one')",
    );
    expect(await query(seen, "first secret", "select text from entries")).toEqual([["one"]]);
    await expect(query(seen, "wrong", "select 1")).rejects.toThrow(/password/);
    expect((seen as Present).url).toBeNull();
  });

  it("is made of an archive in which no one has a password, and which components cannot change", async () => {
    const directory = join(trial.root, "runtime");
    const archives = readdirSync(directory).filter((name) => name.startsWith("postgres-cluster-"));
    expect(archives).toEqual([expect.stringMatching(/\.tar$/)]);
    const archive = join(directory, archives[0] ?? "");
    expect(statSync(archive)).toMatchObject({ uid: process.getuid?.(), mode: 0o100644 });
    // pg_authid, the table of roles.
    const roles = execFileSync("tar", ["-xOf", archive, "./global/1260"]).toString("latin1");
    expect(roles).toContain("postgres");
    expect(roles).not.toContain("SCRAM-SHA-256");
  });

  it("is made and restored where users alone keep components apart, and theirs have no name", async () => {
    const own = machineTrial([21_270, 21_274]);
    const bare = await own.open([]);
    const other = newRef("db");
    try {
      await bare.apply(other, "create", database("a secret"), changeContext(noFiles));
      await query(await bare.observe(other), "a secret", "create table entries as select 'one' as text");
      const tar = await buffer((await bare.copyOut?.(other, "data", signal)) as Readable);
      await query(await bare.observe(other), "a secret", "drop table entries");
      await bare.copyIn?.(other, "data", Readable.from([tar]), signal);
      expect(await query(await bare.observe(other), "a secret", "select text from entries")).toEqual([
        ["one"],
      ]);
      expect(readdirSync(join(own.root, "runtime")).filter((name) => name.startsWith("postgres-"))).toEqual(
        [],
      );
    } finally {
      await bare.remove(other, changeContext(noFiles));
      await bare.removeEnvironment(other.environmentId, changeContext(noFiles));
      await bare.close?.();
      own.dispose();
    }
  });

  it("keeps what was committed when all its processes are killed, and answers at the same port", async () => {
    const before = (await cloud.observe(ref)) as Present;
    // A missing pid would be this test's own process group.
    expect(before.attributes.pid).toBeGreaterThan(1);
    process.kill(-Number(before.attributes.pid), "SIGKILL");
    const dead = await eventually(
      () => cloud.observe(ref),
      (one) => one.present && one.status === "failed",
    );
    expect(dead).toMatchObject({ status: "failed" });
    const healed = await cloud.restart(ref, changeContext(noFiles));
    expect(healed).toMatchObject({ status: "running", external: before.external });
    expect(await query(healed, "first secret", "select text from entries")).toEqual([["one"]]);
  });

  it("is copied while clients write, and the copy is a working cluster as of its end", async () => {
    const seen = await cloud.observe(ref);
    let next = 1_000;
    let writing = true;
    const writer = (async () => {
      while (writing) {
        await query(
          seen,
          "first secret",
          `insert into entries values (${next++}, repeat('x', 2000)); update entries set text = text`,
        );
      }
    })();
    await query(seen, "first secret", "insert into entries values (2, 'two')");
    const tar = await buffer((await cloud.copyOut?.(ref, "data", signal)) as Readable);
    writing = false;
    await writer;
    await query(seen, "first secret", "delete from entries; insert into entries values (3, 'three')");
    await cloud.copyIn?.(ref, "data", Readable.from([tar]), signal);
    const restored = await cloud.observe(ref);
    expect(restored).toMatchObject({ status: "running" });
    expect(
      await query(restored, "first secret", "select text from entries where id < 10 order by id"),
    ).toEqual([["one"], ["two"]]);
    const counted = await query(
      restored,
      "first secret",
      "select count(*)::int from entries where id >= 1000",
    );
    expect(Number(counted[0]?.[0])).toBeGreaterThan(0);
  }, 60_000);

  it("lets go of everything when the reader of a copy goes away", async () => {
    const copy = (await cloud.copyOut?.(ref, "data", signal)) as Readable;
    await new Promise((resolve) => copy.once("data", resolve));
    copy.destroy();
    const slots = await eventually(
      async () =>
        query(await cloud.observe(ref), "first secret", "select count(*)::int from pg_replication_slots"),
      (rows) => rows[0]?.[0] === 0,
    );
    expect(slots).toEqual([[0]]);
  });

  it("takes a rotated password, and keeps it over a restore from before", async () => {
    const tar = await buffer((await cloud.copyOut?.(ref, "data", signal)) as Readable);
    await cloud.apply(ref, "update", database("second secret"), changeContext(noFiles));
    const seen = await cloud.observe(ref);
    expect(await query(seen, "second secret", "select text from entries where id = 1")).toEqual([["one"]]);
    await expect(query(seen, "first secret", "select 1")).rejects.toThrow(/password/);
    await cloud.copyIn?.(ref, "data", Readable.from([tar]), signal);
    expect(await query(await cloud.observe(ref), "second secret", "select 1")).toEqual([[1]]);
  });

  it("is resized without a restart", async () => {
    const before = (await cloud.observe(ref)) as Present;
    const larger = database("second secret", 512 * 2 ** 20);
    expect(cloud.decideChange(database("second secret"), larger)).toMatchObject({
      action: "update",
      disruptive: false,
    });
    await cloud.apply(ref, "update", larger, changeContext(noFiles));
    expect(((await cloud.observe(ref)) as Present).attributes.pid).toBe(before.attributes.pid);
  });

  it("shows no password to those who list processes or read its log and errors", async () => {
    const { execFileSync } = await import("node:child_process");
    const listed = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
    expect(listed).not.toContain("second secret");
    const lines: string[] = [];
    for await (const line of cloud.logs?.(ref, { tailLines: 1_000, follow: false, signal }) ?? []) {
      lines.push(line.text);
    }
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join("\n")).not.toContain("second secret");
  });
});
