import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as transitionRoute from "@/app/api/v1/templates/[name]/versions/[version]/[transition]/route";
import * as diffRoute from "@/app/api/v1/templates/[name]/versions/[version]/diff/route";
import * as fileRoute from "@/app/api/v1/templates/[name]/versions/[version]/files/[...path]/route";
import * as filesRoute from "@/app/api/v1/templates/[name]/versions/[version]/files/route";
import * as versionRoute from "@/app/api/v1/templates/[name]/versions/[version]/route";
import * as templatesRoute from "@/app/api/v1/templates/route";
import { execute, query } from "@/lib/platform/db";
import { tarOf } from "../support/archives";
import type { TestDatabase } from "../support/database";
import { type Answer, call, callRaw, makePerson, type TestPerson, useTestPortal } from "../support/portal";

let database: TestDatabase;
let alice: TestPerson;
let bob: TestPerson;
let carol: TestPerson;
let auditor: TestPerson;
let developer: TestPerson;

beforeAll(async () => {
  database = await useTestPortal();
  alice = await makePerson("alice", { orgRole: "admin" });
  bob = await makePerson("bob", { orgRole: "admin" });
  carol = await makePerson("carol", { orgRole: "admin" });
  auditor = await makePerson("auditor", { orgRole: "auditor" });
  developer = await makePerson("developer");
});
afterAll(async () => await database.drop());

const manifest = (name: string, version: string, text = "one") => `apiVersion: rostrum.dev/v1
kind: Template
metadata: {name: ${name}, title: Title, description: ${text}, category: Web}
spec:
  version: ${version}
  components:
    web:
      size: {cpu: 0.5, memory: 256Mi}
      container: {image: "nginx:1", ports: ["80"]}
`;

async function importFiles(
  person: TestPerson,
  name: string,
  version: string,
  files: Record<string, string>,
): Promise<Answer> {
  const entries = Object.entries(files).map(([path, text]) => ({ path, text }));
  const tar = await tarOf([{ path: "template.yaml", text: manifest(name, version) }, ...entries]);
  return await call(templatesRoute.POST, {
    token: person.token,
    raw: Buffer.from(gzipSync(tar)),
    headers: { "content-type": "application/gzip" },
  });
}

const revise = (person: TestPerson, text: string, query: Record<string, string>) =>
  call(templatesRoute.POST, {
    token: person.token,
    raw: text,
    path: `/api/v1/templates?${new URLSearchParams(query)}`,
    headers: { "content-type": "application/yaml" },
  });

const move = (person: TestPerson, name: string, version: string, transition: string, digest: string) =>
  call(transitionRoute.POST, {
    token: person.token,
    params: { name, version, transition },
    body: { digest },
  });

const file = (person: TestPerson, name: string, version: string, path: string, asked = "") =>
  callRaw(fileRoute.GET, {
    token: person.token,
    path: `/api/v1/templates/${name}/versions/${version}/files/${path}${asked}`,
    params: { name, version, path: path.split("/") as unknown as string },
  });

describe("files of a version", () => {
  it("are listed and read by those who review, under the digest that is published", async () => {
    const text = "echo über\n";
    const { digest } = (await importFiles(alice, "read", "1.0.0", { "app/run me.sh": text })).body;
    const params = { name: "read", version: "1.0.0" };
    for (const person of [bob, auditor]) {
      const list = await call(filesRoute.GET, { token: person.token, params });
      const sha256 = createHash("sha256").update(text).digest("hex");
      const facts = { path: "app/run me.sh", sizeBytes: Buffer.byteLength(text), executable: false, sha256 };
      expect(list.body).toEqual({ template: "read", version: "1.0.0", digest, files: [facts] });
      const read = await file(person, "read", "1.0.0", "app/run me.sh");
      expect(await read.json()).toEqual({
        template: "read",
        version: "1.0.0",
        digest,
        ...facts,
        encoding: "utf8",
        content: text,
      });
    }
    for (const handler of [filesRoute.GET, fileRoute.GET]) {
      const refused = await call(handler, {
        token: developer.token,
        params: { ...params, path: "app/run me.sh" },
      });
      expect(refused.status).toBe(403);
    }
    expect((await file(bob, "read", "1.0.0", "app/other")).status).toBe(404);
    expect((await file(bob, "read", "1.0.0", "app/run me.sh", "?digest=sha256:0")).status).toBe(409);
  });

  it("are downloaded as they are, and never shown by a browser", async () => {
    const html = "<script>alert(1)</script>";
    const { digest } = (await importFiles(alice, "shown", "1.0.0", { "a/évil.html": html })).body;
    const got = await file(bob, "shown", "1.0.0", "a/évil.html", `?download=true&digest=${digest}`);
    expect(await got.text()).toBe(html);
    expect(got.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(got.headers.get("content-disposition")).toMatch(
      /^attachment; filename="-vil\.html"; filename\*=UTF-8''%C3%A9vil\.html$/,
    );
    expect(got.headers.get("x-content-type-options")).toBe("nosniff");
    expect(got.headers.get("x-version-digest")).toBe(digest);
  });

  it("are in the diff: added, changed and removed ones, contents for reviewers alone", async () => {
    const first = (
      await importFiles(alice, "compared", "1.0.0", { kept: "k", gone: "g", "run.sh": "exit 0\n" })
    ).body;
    const before = await call(diffRoute.GET, {
      token: bob.token,
      params: { name: "compared", version: "1.0.0" },
    });
    expect(
      before.body.files.map((one: { path: string; change: string }) => `${one.change} ${one.path}`),
    ).toEqual(["added gone", "added kept", "added run.sh"]);
    await move(alice, "compared", "1.0.0", "submit", first.digest);
    expect((await move(bob, "compared", "1.0.0", "publish", first.digest)).status).toBe(200);
    const next = (
      await importFiles(alice, "compared", "1.1.0", { kept: "k", new: "n", "run.sh": "rm -rf /\n" })
    ).body;
    const params = { name: "compared", version: "1.1.0" };
    const diff = await call(diffRoute.GET, { token: bob.token, params });
    expect(diff.body.after.digest).toBe(next.digest);
    expect(
      diff.body.files.map((one: { path: string; change: string }) => `${one.change} ${one.path}`),
    ).toEqual(["removed gone", "added new", "changed run.sh"]);
    expect(diff.body.files[2].lines).toEqual([
      { kind: "removed", text: "exit 0", line: 1 },
      { kind: "added", text: "rm -rf /", line: 1 },
    ]);
    await move(alice, "compared", "1.1.0", "submit", next.digest);
    await move(bob, "compared", "1.1.0", "publish", next.digest);
    const seen = await call(diffRoute.GET, { token: developer.token, params });
    expect(seen.body.files.map((one: { comparison: string }) => one.comparison)).toEqual(
      Array(3).fill("restricted"),
    );
    expect(JSON.stringify(seen.body)).not.toContain("rm -rf");
  });
});

describe("who contributed to a draft", () => {
  const contributors = async (name: string, version: string) =>
    (await call(versionRoute.GET, { token: alice.token, params: { name, version } })).body.contributors;

  it("publishes nothing of it: neither what was swapped under a revision nor what was replaced", async () => {
    const opened = (await importFiles(bob, "swapped", "1.0.0", { "run.sh": "exit 0" })).body;
    const swapped = (await importFiles(bob, "swapped", "1.0.0", { "run.sh": "evil" })).body;
    const typo = manifest("swapped", "1.0.0", "typo");
    const from = { filesFrom: "swapped@1.0.0" };
    const missing = await revise(alice, typo, from);
    expect([missing.status, missing.body.errors[0].path]).toEqual([422, "filesDigest"]);
    const stale = await revise(alice, typo, { ...from, filesDigest: opened.digest });
    expect([stale.status, stale.body.errors[0].path]).toEqual([409, "filesDigest"]);
    const saved = await revise(alice, typo, { ...from, filesDigest: swapped.digest });
    expect(saved.status).toBe(201);
    expect(await contributors("swapped", "1.0.0")).toEqual(["alice", "bob"]);
    const { digest } = saved.body;
    await move(carol, "swapped", "1.0.0", "submit", digest);
    for (const person of [alice, bob]) {
      expect((await move(person, "swapped", "1.0.0", "publish", digest)).status).toBe(403);
    }
    expect((await move(carol, "swapped", "1.0.0", "publish", digest)).status).toBe(200);
  });

  it("is taken along with the files of another draft, not with those of a published version", async () => {
    const draft = (await importFiles(bob, "carried", "1.0.0", { "run.sh": "evil" })).body;
    const next = { filesFrom: "carried@1.0.0", filesDigest: draft.digest };
    await revise(alice, manifest("carried", "1.1.0"), next);
    expect(await contributors("carried", "1.1.0")).toEqual(["alice", "bob"]);
    await move(bob, "carried", "1.0.0", "submit", draft.digest);
    await move(carol, "carried", "1.0.0", "publish", draft.digest);
    await revise(alice, manifest("carried", "1.2.0"), next);
    expect(await contributors("carried", "1.2.0")).toEqual(["alice"]);
  });

  it("is never removed, and no one is added later, by the database itself", async () => {
    const { id, digest } = (await importFiles(bob, "kept", "1.0.0", {})).body;
    const set = (ids: string[]) =>
      execute("UPDATE template_version SET contributor_ids = $2 WHERE id = $1", [id, ids]);
    await expect(set([])).rejects.toThrow(/never removed/);
    await set([bob.id, alice.id]);
    await move(bob, "kept", "1.0.0", "submit", digest);
    await expect(set([bob.id, alice.id, carol.id])).rejects.toThrow(/added to a draft alone/);
    const [row] = await query<{ ids: string[] }>(
      "SELECT contributor_ids AS ids FROM template_version WHERE id = $1",
      [id],
    );
    expect(row?.ids).toEqual([bob.id, alice.id]);
  });
});

describe("the README of a version", () => {
  const readme = async (person: TestPerson, name: string) => {
    const { getReadme } = await import("@/lib/features/catalog");
    const { findTokenActor } = await import("@/lib/platform/auth");
    const actor = await findTokenActor(person.token, { requestId: "http_1", ip: "127.0.0.1" });
    if (!actor) throw new Error("The token is unknown.");
    return await getReadme(actor, name, "1.0.0");
  };

  it("is read by everyone who sees the version, and a draft's by no one else", async () => {
    const { digest } = (await importFiles(alice, "told", "1.0.0", { "ReadMe.md": "# Told\n" })).body;
    expect(await readme(alice, "told")).toBe("# Told\n");
    await expect(readme(developer, "told")).rejects.toMatchObject({ code: "not_found" });
    await move(alice, "told", "1.0.0", "submit", digest);
    expect((await move(bob, "told", "1.0.0", "publish", digest)).status).toBe(200);
    expect(await readme(developer, "told")).toBe("# Told\n");
  });

  it("is not there where none is at the top, and isn't shown where it is no text or too large", async () => {
    await importFiles(alice, "silent", "1.0.0", { "docs/README.md": "deep" });
    await importFiles(alice, "binary", "1.0.0", { "README.md": "a\u0000b" });
    await importFiles(alice, "huge", "1.0.0", { "README.md": "x".repeat(256 * 1024 + 1) });
    await expect(readme(alice, "silent")).rejects.toMatchObject({ code: "not_found" });
    for (const name of ["binary", "huge"]) expect(await readme(alice, name), name).toBeNull();
  });
});
