import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  PATCH as change,
  DELETE as remove,
} from "@/app/api/v1/projects/[id]/git-credentials/[credentialId]/route";
import { POST as create, GET as list } from "@/app/api/v1/projects/[id]/git-credentials/route";
import { useGitCredential } from "@/lib/features/credentials";
import { execute, query } from "@/lib/platform/db";
import type { TestDatabase } from "../support/database";
import { hostileAddresses } from "../support/hostile-addresses";
import { call, makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";

let database: TestDatabase;
let here: string;
let elsewhere: string;
let owner: TestPerson;
let developer: TestPerson;
let viewer: TestPerson;
let stranger: TestPerson;
const password = "token-zq7x4711";
const input = {
  name: "Team robot",
  address: "https://GIT.example.com:443/team/",
  username: "robot",
  password,
};
const repository = { protocol: "https:", host: "git.example.com", port: 443, path: "/team/x.git" } as const;

beforeAll(async () => {
  database = await useTestPortal();
  here = await makeProject("here");
  elsewhere = await makeProject("elsewhere");
  owner = await makePerson("owner", { projects: { [here]: "owner" } });
  developer = await makePerson("developer", { projects: { [here]: "developer" } });
  viewer = await makePerson("viewer", { projects: { [here]: "viewer" } });
  stranger = await makePerson("stranger", { projects: { [elsewhere]: "owner" } });
});
afterAll(async () => await database.drop());

const at = (person: TestPerson, credentialId?: string, project = here) => ({
  token: person.token,
  params: { id: project, ...(credentialId !== undefined && { credentialId }) },
});

describe("Git credentials of a project", () => {
  let id = "";

  it("are added by owners, listed for who builds, and never give their password away", async () => {
    expect((await call(create, { ...at(developer), body: input })).status).toBe(403);
    expect((await call(create, { ...at(stranger), body: input })).status).toBe(404);
    const made = await call(create, { ...at(owner), body: input });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.body).toMatchObject({
      name: "Team robot",
      address: "https://git.example.com/team",
      username: "robot",
      lastUsedAt: null,
    });
    id = made.body.id as string;
    const listed = await call(list, at(developer));
    expect(listed.body.items).toHaveLength(1);
    expect((await call(list, at(viewer))).status).toBe(403);
    expect((await call(list, at(stranger))).status).toBe(404);
    expect(JSON.stringify([made.body, listed.body])).not.toMatch(/4711|sealed|password/);
  });

  it("have one for an address, and only addresses that lead outward in one reading", async () => {
    const again = await call(create, {
      ...at(owner),
      body: { ...input, address: "https://git.example.com/team" },
    });
    expect([again.status, again.body.code]).toEqual([409, "conflict"]);
    // Spaces around an address are taken off first, as everywhere in forms.
    const hostile = hostileAddresses.filter((one) => one === one.trim()).slice(0, 12);
    for (const address of ["ssh://git@x.example", "https://a:b@x.example", ...hostile]) {
      const refused = await call(create, { ...at(owner), body: { ...input, address } });
      expect(refused.status, address).toBe(422);
    }
  });

  it("are given to Git for the project alone, and only for what they are for", async () => {
    expect(await useGitCredential(here, repository)).toEqual({ username: "robot", password });
    expect(await useGitCredential(elsewhere, repository)).toBeNull();
    expect(await useGitCredential(here, { ...repository, path: "/other/x.git" })).toBeNull();
    expect(await useGitCredential(here, { ...repository, protocol: "http:" })).toBeNull();
    const listed = await call(list, at(owner));
    expect(listed.body.items).toMatchObject([{ lastUsedAt: expect.any(String) }]);
  });

  it("keep their address when name or password change", async () => {
    const moved = await call(change, { ...at(owner, id), body: { address: "https://evil.example" } });
    expect(moved.status).toBe(422);
    expect((await call(change, { ...at(developer, id), body: { name: "x" } })).status).toBe(403);
    expect((await call(change, { ...at(stranger, id, elsewhere), body: { name: "x" } })).status).toBe(404);
    const changed = await call(change, {
      ...at(owner, id),
      body: { name: "Renamed", password: `${password}-2` },
    });
    expect(changed.body).toMatchObject({ name: "Renamed", address: "https://git.example.com/team" });
    expect(await useGitCredential(here, repository)).toEqual({
      username: "robot",
      password: `${password}-2`,
    });
  });

  it("stand nowhere in plain, and a sealed one opens in no other project", async () => {
    const columns = await query<{ t: string; c: string }>(
      `SELECT table_name AS t, column_name AS c FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb')`,
    );
    for (const { t, c } of columns) {
      const found = await query(`SELECT 1 FROM "${t}" WHERE "${c}"::text LIKE '%zq7x4711%' LIMIT 1`);
      expect(found, `${t}.${c}`).toEqual([]);
    }
    await execute(
      `INSERT INTO git_credential (id, project_id, name, address, username, sealed, updated_at)
       SELECT 'gcr_copied', $1, name, address, username, sealed, now() FROM git_credential WHERE id = $2`,
      [elsewhere, id],
    );
    await expect(useGitCredential(elsewhere, repository)).rejects.toMatchObject({
      message: expect.stringContaining("can’t be decrypted"),
    });
  });

  it("are gone when they are deleted, and every change is in the audit log", async () => {
    expect((await call(remove, at(viewer, id))).status).toBe(403);
    expect((await call(remove, at(stranger, id, elsewhere))).status).toBe(404);
    expect((await call(remove, at(owner, id))).status).toBe(204);
    expect((await call(remove, at(owner, id))).status).toBe(404);
    expect(await useGitCredential(here, repository)).toBeNull();
    const events = await query<{ action: string; outcome: string }>(
      "SELECT action, outcome::text FROM audit_event WHERE object_id = $1 AND outcome::text = 'allowed' ORDER BY seq",
      [id],
    );
    expect(events.map((one) => one.action)).toEqual([
      "git-credential.create",
      "git-credential.update",
      "git-credential.delete",
    ]);
  });
});
