import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as listRoute from "@/app/api/v1/template-versions/route";
import * as templateRoute from "@/app/api/v1/templates/[name]/route";
import * as transitionRoute from "@/app/api/v1/templates/[name]/versions/[version]/[transition]/route";
import * as diffRoute from "@/app/api/v1/templates/[name]/versions/[version]/diff/route";
import * as versionRoute from "@/app/api/v1/templates/[name]/versions/[version]/route";
import * as templatesRoute from "@/app/api/v1/templates/route";
import { versionTransitions } from "@/lib/features/catalog/schema";
import { execute, query } from "@/lib/platform/db";
import type { TestDatabase } from "../support/database";
import { type Answer, call, makePerson, type TestPerson, useTestPortal } from "../support/portal";

let database: TestDatabase;
let author: TestPerson;
let reviewer: TestPerson;

beforeAll(async () => {
  database = await useTestPortal();
  author = await makePerson("author", { orgRole: "admin" });
  reviewer = await makePerson("reviewer", { orgRole: "admin" });
});
afterAll(async () => await database.drop());

const version = "1.0.0";
const manifest = (name: string, image = "nginx:1") => `apiVersion: rostrum.dev/v1
kind: Template
metadata: {name: ${name}, title: Title, category: Web}
spec:
  version: ${version}
  components:
    web:
      size: {cpu: 0.5, memory: 256Mi}
      container: {image: "${image}", ports: ["80"]}
`;

interface File {
  path: string;
  text: string;
  executable?: boolean;
}

async function importFiles(name: string, files: File[], image?: string): Promise<Answer> {
  const packer = pack();
  packer.entry({ name: "template.yaml" }, manifest(name, image));
  for (const { path, text, executable } of files) {
    packer.entry({ name: path, mode: executable ? 0o755 : 0o644 }, text);
  }
  packer.finalize();
  const parts: Buffer[] = [];
  for await (const part of packer) parts.push(part as Buffer);
  return await call(templatesRoute.POST, {
    token: author.token,
    raw: Buffer.from(gzipSync(Buffer.concat(parts))),
    headers: { "content-type": "application/gzip" },
  });
}

const read = async (name: string) =>
  (await call(versionRoute.GET, { token: author.token, params: { name, version } })).body;

const move = (name: string, transition: string, body: unknown, person = reviewer) =>
  call(transitionRoute.POST, { token: person.token, params: { name, version, transition }, body });

async function submitted(name: string, files: File[] = []): Promise<string> {
  const { digest } = (await importFiles(name, files)).body;
  expect((await move(name, "submit", { digest }, author)).status).toBe(200);
  return digest;
}

describe("a version's digest", () => {
  it("stands in every answer that shows the version", async () => {
    const imported = await importFiles("everywhere", [{ path: "a", text: "a" }]);
    const { digest } = imported.body;
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const params = { name: "everywhere", version };
    const { token } = author;
    const detail = await read("everywhere");
    const template = await call(templateRoute.GET, { token, params });
    const diff = await call(diffRoute.GET, { token, params });
    const list = await call(listRoute.GET, { token });
    const moved = await move("everywhere", "submit", { digest }, author);
    expect([
      detail.digest,
      template.body.versions[0].digest,
      diff.body.after.digest,
      list.body.items.find((one: { template: string }) => one.template === "everywhere").digest,
      moved.body.digest,
    ]).toEqual(Array(5).fill(digest));
  });

  it("changes with the manifest, a path, a content and an executable bit, and with nothing else", async () => {
    const base: File[] = [
      { path: "b/run.sh", text: "exit 0", executable: true },
      { path: "a", text: "a" },
    ];
    const digestFor = async (files: File[], image?: string): Promise<string> =>
      (await importFiles("sums", files, image)).body.digest;
    const digest = await digestFor(base);
    expect(await digestFor([...base].reverse())).toBe(digest);
    const others = [
      await digestFor(base, "nginx:2"),
      await digestFor([{ path: "b/run.sh", text: "exit 1", executable: true }, ...base.slice(1)]),
      await digestFor([{ path: "b/run.sh", text: "exit 0" }, ...base.slice(1)]),
      await digestFor([{ path: "b/run", text: "exit 0", executable: true }, ...base.slice(1)]),
      await digestFor(base.slice(1)),
    ];
    expect(new Set([digest, ...others]).size).toBe(6);
    // A revision takes the files out of the database, in whatever order it gives them.
    await digestFor([...base, { path: "B/x", text: "x" }, { path: "é", text: "y" }]);
    const whole = (await read("sums")).digest;
    const revised = await call(templatesRoute.POST, {
      token: author.token,
      raw: manifest("sums"),
      path: `/api/v1/templates?${new URLSearchParams({ filesFrom: `sums@${version}`, filesDigest: whole })}`,
      headers: { "content-type": "application/yaml" },
    });
    expect(revised.body.digest).toBe(whole);
  });

  it.each(versionTransitions)("is needed to %s: 422 without it, 409 with another one", async (transition) => {
    const name = `needed-${transition}`;
    const digest =
      transition === "submit" ? (await importFiles(name, [])).body.digest : await submitted(name);
    if (transition === "deprecate" || transition === "retire") {
      expect((await move(name, "publish", { digest })).status).toBe(200);
    }
    const person = transition === "submit" ? author : reviewer;
    for (const body of [undefined, {}, { note: "x" }, { digest: "" }, { digest: 7 }, { digest: null }]) {
      const answer = await call(transitionRoute.POST, {
        token: person.token,
        method: "POST",
        params: { name, version, transition },
        body,
      });
      expect([answer.status, answer.body.code]).toEqual([422, "validation_failed"]);
      expect(answer.body.errors.map((one: { path: string }) => one.path)).toContain("digest");
    }
    const before = (await read(name)).status;
    for (const other of ["x", digest.toUpperCase(), `sha256:${"0".repeat(64)}`]) {
      const answer = await move(name, transition, { digest: other, note: "x" }, person);
      expect([answer.status, answer.body.code]).toEqual([409, "conflict"]);
      expect(answer.body.detail).toContain("Reload it");
    }
    expect((await read(name)).status).toBe(before);
    expect((await move(name, transition, { digest, note: "x" }, person)).status).toBe(200);
  });
});

describe("what no one reviewed", () => {
  it("is not published: the author withdraws, replaces a file and submits again", async () => {
    const reviewed = await submitted("switched", [{ path: "run.sh", text: "exit 0" }]);
    await move("switched", "reject", { digest: reviewed, note: "mine" }, author);
    const { digest } = (await importFiles("switched", [{ path: "run.sh", text: "rm -rf /" }])).body;
    await move("switched", "submit", { digest }, author);
    expect((await move("switched", "publish", { digest: reviewed })).status).toBe(409);
    expect((await read("switched")).status).toBe("in_review");
    expect((await move("switched", "publish", { digest })).body.status).toBe("published");
  });

  it("is not published while both press at the same time", async () => {
    for (let round = 0; round < 8; round += 1) {
      const name = `race-${round}`;
      const reviewed = await submitted(name, [{ path: "run.sh", text: "exit 0" }]);
      const exchange = async () => {
        await move(name, "reject", { digest: reviewed, note: "mine" }, author);
        const { body } = await importFiles(name, [{ path: "run.sh", text: "exit 1" }]);
        if (body.digest) await move(name, "submit", { digest: body.digest }, author);
      };
      const press = async () => {
        for (let tries = 0; tries < 6; tries += 1) await move(name, "publish", { digest: reviewed });
      };
      await Promise.all([exchange(), press(), press()]);
      const now = await read(name);
      if (now.status === "published") expect(now.digest).toBe(reviewed);
    }
  });

  it("is not submitted when the draft was replaced after it was opened", async () => {
    const { digest } = (await importFiles("late", [])).body;
    await importFiles("late", [{ path: "x", text: "x" }]);
    expect((await move("late", "submit", { digest }, author)).status).toBe(409);
    expect((await read("late")).checks).toEqual([]);
  });

  it("is not published when rows were changed behind the application", async () => {
    const digest = await submitted("tampered", [{ path: "run.sh", text: "exit 0" }]);
    const [row] = await query<{ id: string }>(
      "SELECT v.id FROM template_version v JOIN template t ON t.id = v.template_id WHERE t.name = 'tampered'",
    );
    await execute("UPDATE template_file SET content = 'rm -rf /' WHERE version_id = $1", [row?.id]);
    const answer = await move("tampered", "publish", { digest });
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining("don’t match")]);
  });
});
