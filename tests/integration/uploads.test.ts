import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunRunner } from "@/lib/engine/run";
import { tarOf } from "../support/archives";
import { actorOf, createWorld, until, type World } from "../support/world";

let world: World;
let runner: RunRunner;
let otherProject: string;
let stranger: string;
let archive: Buffer;

beforeAll(async () => {
  world = await createWorld();
  const { newId } = await import("@/lib/kernel/ids");
  archive = gzipSync(await tarOf([{ path: "server.mjs", text: "// mine" }]));
  await world.publish(
    "brought",
    {
      web: {
        size: { cpu: 0.1, memory: "64Mi" },
        container: {
          image: "web",
          environment: { SIZE: "n${{ parameters.size }}" },
          uploads: { "/app": "${{ parameters.archive }}" },
        },
      },
    },
    {
      parameters: {
        properties: {
          archive: { type: "string", default: "", "ui:widget": "upload" },
          size: { type: "integer", default: 1 },
        },
      },
    },
  );
  runner = await world.runner();
  [otherProject, stranger] = [newId("project"), newId("user")];
  const { pool } = world.database;
  await pool.query(
    `INSERT INTO project (id, slug, name, cost_center_id, currency, updated_at)
     SELECT $1, 'elsewhere', 'Elsewhere', cost_center_id, currency, now() FROM project WHERE slug = 'team'`,
    [otherProject],
  );
  await pool.query(
    "INSERT INTO app_user (id, email, name, updated_at) VALUES ($1, 's@example.test', 'S', now())",
    [stranger],
  );
  await pool.query(
    "INSERT INTO project_member (project_id, user_id, role) VALUES ($1, $2, 'developer'), ($3, $2, 'developer')",
    [otherProject, stranger, world.projectId],
  );
});
afterAll(async () => {
  await runner.stop(2_000);
  await world.close();
});

/** A developer of both projects, who may do in one what must not be done in the other. */
async function strangersActor() {
  const developer = await actorOf(world, "developer");
  const projects = new Map([
    [otherProject, "developer" as const],
    [world.projectId, "developer" as const],
  ]);
  return { ...developer, userId: stranger, projects };
}

async function upload(project = "team", by?: Awaited<ReturnType<typeof strangersActor>>): Promise<string> {
  const { createUpload } = await import("@/lib/features/catalog");
  const actor = by ?? (await actorOf(world, "developer"));
  return (await createUpload(actor, { name: "code.tgz", project }, archive)).id;
}

async function submit(body: Record<string, unknown>) {
  const { submitRequest } = await import("@/lib/features/requests");
  const { requestBody } = await import("@/lib/features/requests/schema");
  const submitted = await submitRequest(await actorOf(world, "developer"), requestBody.parse(body));
  runner.wake();
  await until(
    async () =>
      (await world.database.pool.query("SELECT status::text FROM request WHERE id = $1", [submitted.id]))
        .rows,
    ([row]) => !["running", "approved"].includes(row.status),
  );
  return submitted;
}

const create = (name: string, id: string) =>
  submit({ kind: "create", project: "team", template: "brought", name, parameters: { archive: id } });

async function prune(): Promise<number> {
  return await (await import("@/lib/features/catalog")).pruneUploads();
}

const age = (id: string, hours = 25) =>
  world.database.pool.query(
    "UPDATE upload SET created_at = now() - make_interval(hours => $2) WHERE id = $1",
    [id, hours],
  );

async function exists(id: string): Promise<boolean> {
  return (await world.database.pool.query("SELECT 1 FROM upload WHERE id = $1", [id])).rowCount === 1;
}

async function readBy(environmentId: string | undefined, id: string): Promise<Uint8Array> {
  const { fileSourceFor } = await import("@/lib/features/catalog");
  return await fileSourceFor("tv_any", environmentId).upload(id);
}

const foreign = { code: "not_found", problems: [{ path: "parameters.archive" }] };

it("refuses at the request what is no upload, instead of failing in the run", async () => {
  for (const text of ["code.tgz", "upl_", "https://example.test/code.tgz"]) {
    await expect(create("no-upload", text), text).rejects.toMatchObject({
      code: "validation_failed",
      problems: [{ path: "parameters.archive", message: "isn’t an uploaded archive" }],
    });
  }
});

describe("an upload belongs to a project and to who brought it", () => {
  it("is used by the project's environments, for every requester of the project", async () => {
    const id = await upload("team", await strangersActor());
    const { environmentId } = await create("colleague", id);
    expect(Buffer.from(await readBy(environmentId, id)).equals(archive)).toBe(true);
    const { rows } = await world.database.pool.query(
      "SELECT owner_id, project_id FROM upload WHERE id = $1",
      [id],
    );
    expect(rows).toEqual([{ owner_id: stranger, project_id: world.projectId }]);
  });

  it("of another project is refused like one that does not exist, and the audit has it", async () => {
    const { newId } = await import("@/lib/kernel/ids");
    const id = await upload("elsewhere", await strangersActor());
    await expect(create("thief", id)).rejects.toMatchObject(foreign);
    await expect(create("guess", newId("upload"))).rejects.toMatchObject(foreign);
    const { rows } = await world.database.pool.query(
      "SELECT outcome::text, project_id FROM audit_event WHERE action = 'upload.use' AND object_id = $1",
      [id],
    );
    expect(rows).toEqual([{ outcome: "denied", project_id: world.projectId }]);
    const { environmentId } = await create("plain", "");
    // What a template puts together only while it runs gets no further.
    await expect(readBy(environmentId, id)).rejects.toThrow(/doesn’t exist in this project/);
    await expect(readBy(undefined, id)).rejects.toThrow(/doesn’t exist in this project/);
    await expect(
      submit({ kind: "update", environment: environmentId, parameters: { archive: id } }),
    ).rejects.toMatchObject(foreign);
  });

  it("may no longer be chosen once its uploader left, while what runs continues", async () => {
    const id = await upload("team", await strangersActor());
    const { environmentId } = await create("stays", id);
    const { pool } = world.database;
    await pool.query("DELETE FROM project_member WHERE user_id = $1 AND project_id = $2", [
      stranger,
      world.projectId,
    ]);
    await expect(create("later", id)).rejects.toMatchObject(foreign);
    await submit({ kind: "update", environment: environmentId, parameters: { size: 2 } });
    await submit({ kind: "stop", environment: environmentId });
    await pool.query("INSERT INTO project_member (project_id, user_id, role) VALUES ($2, $1, 'developer')", [
      stranger,
      world.projectId,
    ]);
  });

  it("names its project, unless there is only one it can be for", async () => {
    const { createUpload } = await import("@/lib/features/catalog");
    const only = await createUpload(await actorOf(world, "developer"), { name: "x" }, archive);
    expect(only.projectId).toBe(world.projectId);
    const both = createUpload(await strangersActor(), { name: "x" }, archive);
    await expect(both).rejects.toMatchObject({ code: "validation_failed", problems: [{ path: "project" }] });
    await expect(upload("elsewhere")).rejects.toMatchObject({ code: "not_found" });
    await expect(upload("nowhere")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("housekeeping", () => {
  it("removes an upload that no request named for a day", async () => {
    const [old, fresh] = [await upload(), await upload()];
    await age(old);
    await age(fresh, 23);
    await prune();
    expect([await exists(old), await exists(fresh)]).toEqual([false, true]);
    await expect(create("gone", old)).rejects.toMatchObject(foreign);
    const { rowCount } = await world.database.pool.query(
      "SELECT 1 FROM audit_event WHERE action = 'upload.delete' AND detail->'uploads' ? $1",
      [old],
    );
    expect(rowCount).toBe(1);
  });

  it("keeps what runs and what it can be rolled back to, and lets go of what came before", async () => {
    const ids = [await upload(), await upload(), await upload()];
    const { environmentId } = await create("moves-on", ids[0] ?? "");
    for (const id of ids.slice(1))
      await submit({ kind: "update", environment: environmentId, parameters: { archive: id } });
    for (const id of ids) await age(id, 1_000);
    await prune();
    expect(await Promise.all(ids.map(exists))).toEqual([false, true, true]);
    await submit({ kind: "update", environment: environmentId, parameters: { archive: ids[1] ?? "" } });
    const back = await submit({
      kind: "create",
      project: "team",
      template: "brought",
      name: "copy",
      parameters: { archive: ids[1] },
    });
    expect(back.status).not.toBe("rejected");
  });

  it("lets go once the environment is destroyed", async () => {
    const id = await upload();
    const { environmentId } = await create("ends", id);
    await age(id);
    await prune();
    expect(await exists(id)).toBe(true);
    await submit({ kind: "destroy", environment: environmentId });
    await prune();
    expect(await exists(id)).toBe(false);
  });

  it("never removes what a request names at the same moment", async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await upload();
      await age(id);
      const [made] = await Promise.allSettled([create(`race-${round}`, id), prune(), prune()]);
      if (made.status === "fulfilled") expect(await exists(id)).toBe(true);
      else expect(made.reason).toMatchObject({ code: expect.stringMatching(/not_found|conflict/) });
    }
  });
});
