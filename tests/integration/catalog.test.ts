import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as templateRoute from "@/app/api/v1/templates/[name]/route";
import * as transitionRoute from "@/app/api/v1/templates/[name]/versions/[version]/[transition]/route";
import * as diffRoute from "@/app/api/v1/templates/[name]/versions/[version]/diff/route";
import * as versionRoute from "@/app/api/v1/templates/[name]/versions/[version]/route";
import * as templatesRoute from "@/app/api/v1/templates/route";
import * as uploadsRoute from "@/app/api/v1/uploads/route";
import { fileSourceFor, loadVersion, loadVersionByName, syncBuiltinTemplates } from "@/lib/features/catalog";
import { execute, query } from "@/lib/platform/db";
import type { TestDatabase } from "../support/database";
import { call, makePerson, makeProject, type TestPerson, useTestPortal } from "../support/portal";
import { insertHistory } from "../support/put-status";

const dataDir = mkdtempSync(join(tmpdir(), "rostrum-catalog-"));
let database: TestDatabase;
let author: TestPerson;
let reviewer: TestPerson;
let developer: TestPerson;

beforeAll(async () => {
  database = await useTestPortal({ DATA_DIR: dataDir });
  author = await makePerson("author", { orgRole: "admin" });
  reviewer = await makePerson("reviewer", { orgRole: "admin" });
  developer = await makePerson("developer", { projects: { [await makeProject("team")]: "developer" } });
});
afterAll(async () => {
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

function manifest(name: string, version: string, extra = ""): string {
  return `apiVersion: rostrum.dev/v1
kind: Template
metadata: {name: ${name}, title: Title of ${version}, category: Web, tags: [web]}
spec:
  version: ${version}
  parameters: {required: [size], properties: {size: {type: string, enum: [small, big], default: small}}}
  presets: [{name: Trial, parameters: {size: small}}]
  components:
    web:
      size: {cpu: 0.5, memory: 256Mi}
      container: {image: "nginx:1", ports: ["80"]}
${extra}  acceptance: [{http: "\${{ components.web.url }}"}]
`;
}

const importYaml = (source: string, token = author.token) =>
  call(templatesRoute.POST, { token, raw: source, headers: { "content-type": "application/yaml" } });

const digestNow = async (name: string, version: string): Promise<string> =>
  (await call(versionRoute.GET, { token: author.token, params: { name, version } })).body.digest;

/** A transition of what is stored right now, or of what `reviewed` names. */
const move = async (
  name: string,
  version: string,
  transition: string,
  token: string,
  { note, reviewed }: { note?: string; reviewed?: string } = {},
) =>
  call(transitionRoute.POST, {
    token,
    method: "POST",
    params: { name, version, transition },
    body: { digest: reviewed ?? (await digestNow(name, version)), ...(note !== undefined && { note }) },
  });

async function publish(name: string, version: string): Promise<string> {
  const imported = await importYaml(manifest(name, version));
  expect(imported.status).toBe(201);
  expect((await move(name, version, "submit", author.token)).status).toBe(200);
  expect((await move(name, version, "publish", reviewer.token)).body.status).toBe("published");
  return imported.body.id;
}

describe("a manifest", () => {
  it("that is wrong is answered with every problem and its line", async () => {
    const broken = manifest("broken", "1.0.0")
      .replace("cpu: 0.5", "cpu: lots")
      .replace("kind: Template", "kind: Tmpl");
    const answer = await importYaml(broken);
    expect([answer.status, answer.body.code]).toEqual([422, "validation_failed"]);
    const lines = answer.body.errors.map((one: { line: number }) => one.line);
    expect(lines).toEqual(expect.arrayContaining([2, 10]));
    expect(await query("SELECT 1 FROM template WHERE name = 'broken'")).toEqual([]);
  });

  it.each(["2u", "9007199254740993", "b'abc'"])(
    "with %s in an expression is refused at each door",
    async (literal) => {
      const source = manifest("inexact", "1.0.0", `      labels: {tier: "n \${{ ${literal} }}"}\n`);
      const archive = await tarGz({ "t/template.yaml": source });
      const asArchive = { "content-type": "application/gzip" };
      const answers = [
        await importYaml(source),
        await call(templatesRoute.POST, { token: author.token, body: { manifest: source } }),
        await call(templatesRoute.POST, { token: author.token, raw: archive, headers: asArchive }),
      ];
      for (const answer of answers) {
        expect([answer.status, answer.body.code]).toEqual([422, "validation_failed"]);
        expect(answer.body.errors).toEqual([
          expect.objectContaining({
            path: "spec.components.web.labels.tier",
            line: 12,
            message: expect.stringMatching(
              new RegExp(`${literal} (isn|aren|can)’t .* \\(at character 7\\)$`),
            ),
          }),
        ]);
      }
      expect(await query("SELECT 1 FROM template WHERE name = 'inexact'")).toEqual([]);
    },
  );

  it("comes as YAML, as JSON or in an archive, from those who may", async () => {
    const source = manifest("ways", "1.0.0");
    expect((await importYaml(source, developer.token)).status).toBe(403);
    const asJson = await call(templatesRoute.POST, { token: author.token, body: { manifest: source } });
    expect([asJson.status, asJson.body.status]).toEqual([201, "draft"]);
    const archive = await tarGz({ "t/template.yaml": manifest("ways", "1.1.0"), "t/app/run.sh": "exit 0" });
    const packed = await call(templatesRoute.POST, {
      token: author.token,
      raw: archive,
      headers: { "content-type": "application/gzip" },
    });
    expect(packed.body).toMatchObject({ name: "ways", version: "1.1.0", status: "draft" });
    const files = await fileSourceFor(packed.body.id).list("app");
    expect(files.map((file) => [file.path, Buffer.from(file.content).toString()])).toEqual([
      ["run.sh", "exit 0"],
    ]);
    const escaping = await call(templatesRoute.POST, {
      token: author.token,
      raw: await tarGz({ "../template.yaml": source }),
      headers: { "content-type": "application/gzip" },
    });
    expect(escaping.status).toBe(400);
  });
});

describe("a version", () => {
  it("is published by a second person, and never changes then", async () => {
    await importYaml(manifest("careful", "1.0.0"));
    expect((await move("careful", "1.0.0", "publish", reviewer.token)).status).toBe(409);
    await move("careful", "1.0.0", "submit", author.token);
    expect((await importYaml(manifest("careful", "1.0.0"))).status).toBe(409);
    const own = await move("careful", "1.0.0", "publish", author.token);
    expect([own.status, own.body.code]).toEqual([403, "forbidden"]);
    expect((await move("careful", "1.0.0", "publish", developer.token)).status).toBe(403);
    expect((await move("careful", "1.0.0", "publish", reviewer.token)).body.status).toBe("published");
    await expect(
      execute("UPDATE template_version SET source = 'x' WHERE status = 'published'"),
    ).rejects.toThrow(/immutable/);
    expect((await importYaml(manifest("careful", "1.0.0"))).status).toBe(409);
    const trail = await query<{ action: string }>(
      "SELECT action FROM audit_event WHERE detail->>'name' = 'careful' AND outcome = 'allowed' ORDER BY seq",
    );
    expect(trail.map((one) => one.action)).toEqual([
      "template.import",
      "template.submit",
      "template.publish",
    ]);
  });

  it("is rejected with a note, improved and submitted again", async () => {
    await importYaml(manifest("second-try", "1.0.0"));
    await move("second-try", "1.0.0", "submit", author.token);
    expect((await move("second-try", "1.0.0", "reject", reviewer.token)).status).toBe(422);
    const rejected = await move("second-try", "1.0.0", "reject", reviewer.token, {
      note: "Say what it is for",
    });
    expect(rejected.body.status).toBe("draft");
    const params = { name: "second-try", version: "1.0.0" };
    const seen = await call(versionRoute.GET, { token: author.token, params });
    expect(seen.body).toMatchObject({ reviewNote: "Say what it is for", reviewer: "reviewer" });
    const again = await importYaml(manifest("second-try", "1.0.0").replace("[web]", "[web, better]"));
    expect([again.status, again.body.id]).toEqual([201, seen.body.id]);
  });

  it("with a missing file is not submitted, and the checks say why", async () => {
    const worker = "    job:\n      process: {program: node, files: scripts, args: [do.js]}\n";
    await importYaml(manifest("gaps", "1.0.0", worker));
    const refused = await move("gaps", "1.0.0", "submit", author.token);
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, "checks.files"]);
    const { body } = await call(versionRoute.GET, {
      token: author.token,
      params: { name: "gaps", version: "1.0.0" },
    });
    const states = Object.fromEntries(
      body.checks.map((one: { name: string; state: string }) => [one.name, one.state]),
    );
    expect(states).toMatchObject({
      manifest: "passed",
      files: "failed",
      presets: "passed",
      clouds: "warning",
    });
  });

  it("is published once when two reviewers press at the same time", async () => {
    await importYaml(manifest("hurry", "1.0.0"));
    await move("hurry", "1.0.0", "submit", author.token);
    const third = await makePerson("third", { orgRole: "admin" });
    const answers = await Promise.all(
      [reviewer, third, reviewer, third].map((one) => move("hurry", "1.0.0", "publish", one.token)),
    );
    expect(answers.map((one) => one.status).sort()).toEqual([200, 409, 409, 409]);
  });

  it("is offered newest first, shown with its difference, and withdrawn", async () => {
    const first = await publish("steps", "1.9.0");
    const second = await publish("steps", "1.10.0");
    expect((await loadVersionByName("steps")).id).toBe(second);
    const { body } = await call(templateRoute.GET, { token: developer.token, params: { name: "steps" } });
    expect(body).toMatchObject({
      version: "1.10.0",
      title: "Title of 1.10.0",
      running: 0,
      successRate: null,
    });
    expect(body.versions.map((one: { version: string }) => one.version)).toEqual(["1.10.0", "1.9.0"]);
    const diff = await call(diffRoute.GET, {
      token: developer.token,
      params: { name: "steps", version: "1.10.0" },
    });
    expect(diff.body.before).toEqual({
      version: "1.9.0",
      digest: await digestNow("steps", "1.9.0"),
      source: manifest("steps", "1.9.0"),
    });
    await move("steps", "1.10.0", "deprecate", author.token);
    expect((await loadVersionByName("steps")).id).toBe(first);
    expect((await move("steps", "1.10.0", "retire", author.token)).body.status).toBe("retired");
    expect((await loadVersion(second)).status).toBe("retired");
  });

  it("that is a draft is seen by reviewers alone", async () => {
    await importYaml(manifest("hidden", "1.0.0"));
    const params = { name: "hidden", version: "1.0.0" };
    expect((await call(versionRoute.GET, { token: reviewer.token, params })).status).toBe(200);
    expect((await call(versionRoute.GET, { token: developer.token, params })).status).toBe(404);
    expect((await call(templateRoute.GET, { token: developer.token, params })).status).toBe(404);
    const names = async (token: string) =>
      (await call(templatesRoute.GET, { token, path: "/api/v1/templates?all=true" })).body.items.map(
        (one: { name: string }) => one.name,
      );
    expect(await names(reviewer.token)).toContain("hidden");
    expect(await names(developer.token)).not.toContain("hidden");
  });

  it("tells how its form, presets and components look", async () => {
    await publish("look", "1.0.0");
    const { body } = await call(versionRoute.GET, {
      token: developer.token,
      params: { name: "look", version: "1.0.0" },
    });
    expect(body.form[0].fields[0]).toMatchObject({ name: "size", default: "small" });
    expect(body.presets).toMatchObject([{ name: "Trial" }]);
    expect(body.components).toMatchObject([{ name: "web", implementations: ["container"], requires: [] }]);
  });
});

describe("the built-in catalog", () => {
  const folder = join(dataDir, "templates");
  const put = (version: string, extra = "") => {
    mkdirSync(join(folder, "shipped/app"), { recursive: true });
    writeFileSync(join(folder, "shipped/template.yaml"), manifest("shipped", version, extra));
    writeFileSync(join(folder, "shipped/app/a.mjs"), `// ${version}${extra}`);
  };
  beforeEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is published once, and not changed behind anybody's back", async () => {
    put("1.0.0");
    expect((await syncBuiltinTemplates(undefined, folder)).added).toEqual(["shipped"]);
    expect((await syncBuiltinTemplates(undefined, folder)).unchanged).toEqual(["shipped"]);
    put("1.0.0", "  # other words\n");
    expect((await syncBuiltinTemplates(undefined, folder)).replaced).toEqual(["shipped"]);
    const { id } = await loadVersionByName("shipped");
    await execute(
      `INSERT INTO environment (id, name, project_id, owner_id, template_version_id, updated_at)
       SELECT 'env_user', 'x', id, $2, $1, now() FROM project LIMIT 1`,
      [id, developer.id],
    );
    put("1.0.0", "  # yet other words\n");
    const refused = await syncBuiltinTemplates(undefined, folder);
    expect(refused.refused).toMatchObject([{ template: "shipped" }]);
    expect(refused.refused[0]?.reason).toContain("increase spec.version");
    put("1.0.1");
    expect((await syncBuiltinTemplates(undefined, folder)).added).toEqual(["shipped"]);
    const next = await loadVersionByName("shipped");
    expect(next.version).toBe("1.0.1");
    // The environment moved on, its plan still names the version.
    await insertHistory(
      database.pool,
      `INSERT INTO request (id, kind, project_id, environment_id, payload, status)
       SELECT 'req_user', 'create', project_id, id, '{}', 'succeeded' FROM environment`,
    );
    await execute(
      `INSERT INTO plan (id, request_id, environment_id, template_version_id, base_generation, digest, parameters, changes, cost, verdicts)
       VALUES ('pln_user', 'req_user', 'env_user', $1, 0, '', '{}', '[]', '{}', '[]')`,
      [id],
    );
    await execute("UPDATE environment SET template_version_id = $1", [next.id]);
    put("1.0.0", "  # words again\n");
    expect((await syncBuiltinTemplates(undefined, folder)).refused).toMatchObject([{ template: "shipped" }]);
  });

  it("is whole: every template that ships with Rostrum is taken", async () => {
    const sync = await syncBuiltinTemplates(undefined, join(process.cwd(), "templates"));
    expect(sync.refused).toEqual([]);
    expect(sync.added.length).toBeGreaterThanOrEqual(7);
  });

  it("reports a broken one and takes the others", async () => {
    put("1.0.2");
    mkdirSync(join(folder, "broken"), { recursive: true });
    writeFileSync(join(folder, "broken/template.yaml"), "kind: Nonsense");
    const sync = await syncBuiltinTemplates(undefined, folder);
    expect([sync.added, sync.refused.map((one) => one.template)]).toEqual([["shipped"], ["broken"]]);
  });
});

describe("uploads", () => {
  const upload = (raw: BodyInit, token: string) =>
    call(uploadsRoute.POST, {
      token,
      raw,
      path: "/api/v1/uploads?name=code.tar.gz",
      headers: { "content-type": "application/octet-stream" },
    });

  it("are kept for those who may request, and read back byte for byte", async () => {
    const archive = await tarGz({ "package.json": "{}" });
    const { status, body } = await upload(archive, developer.token);
    expect([status, body.name, body.sizeBytes]).toEqual([201, "code.tar.gz", archive.length]);
    const stored = await query<{ content: Buffer; owner_id: string }>(
      "SELECT content, owner_id FROM upload WHERE id = $1",
      [body.id],
    );
    expect([stored[0]?.content.equals(archive), stored[0]?.owner_id]).toEqual([true, developer.id]);
    await expect(fileSourceFor("tv_any").upload(body.id)).rejects.toThrow(/doesn’t exist in this project/);
    const stranger = await makePerson("stranger");
    expect((await upload(archive, stranger.token)).status).toBe(403);
  });

  it("refuse what is no archive and what is too large", async () => {
    expect((await upload("hello", developer.token)).status).toBe(415);
    expect((await upload(Buffer.alloc(21 * 1024 * 1024), developer.token)).status).toBe(413);
  });
});

async function tarGz(files: Record<string, string>): Promise<Buffer<ArrayBuffer>> {
  const packer = pack();
  for (const [name, text] of Object.entries(files)) packer.entry({ name }, text);
  packer.finalize();
  const parts: Buffer[] = [];
  for await (const part of packer) parts.push(part as Buffer);
  return Buffer.from(gzipSync(Buffer.concat(parts)));
}
