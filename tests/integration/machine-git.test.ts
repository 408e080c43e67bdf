import { execFileSync } from "node:child_process";
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeContext, fetchText } from "../support/cloud-changes";
import { filesOf, processComponent, webProcess } from "../support/machine-cloud";
import { openMachine } from "../support/open-machine";

const noFiles = filesOf({});

describe("what the machine cloud fetches with Git", () => {
  const machine = openMachine([21_330, 21_349], { allowFileGit: true });
  const { ref, create, fail } = machine;
  const folder = mkdtempSync(join(tmpdir(), "rostrum-git-"));
  const repository = join(folder, "work");
  const bare = join(folder, "bare.git");
  const asked: string[] = [];
  /** Hands out the files of the bare repository and nothing else, as the plainest of web servers. */
  let server: Server;
  let dumb = "";
  let firstCommit = "";

  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
      cwd,
      encoding: "utf8",
    }).trim();
  const program = (greeting: string) =>
    `require("http").createServer((_, answer) => answer.end("${greeting}")).listen(process.env.PORT, process.env.HOST);`;
  const commit = (greeting: string) => {
    writeFileSync(join(repository, "server.cjs"), program(greeting));
    git(repository, "add", ".");
    git(repository, "commit", "-q", "-m", greeting);
    return git(repository, "rev-parse", "HEAD");
  };
  const spec = (source: { git: string; ref?: string }) => ({
    ...webProcess,
    args: ["server.cjs"],
    files: undefined,
    archive: source,
  });
  const said = async (source: { git: string; ref?: string }) => {
    const seen = await create(ref(), spec(source), {}, noFiles);
    const text = await fetchText(seen.url ?? "");
    expect(existsSync(join(String(seen.attributes.directory), "releases/1/.git"))).toBe(false);
    return text;
  };

  beforeAll(async () => {
    git(folder, "init", "-q", "-b", "main", repository);
    firstCommit = commit("the first");
    git(repository, "tag", "v1");
    commit("the second");
    git(repository, "checkout", "-q", "-b", "dev");
    commit("in work");
    git(repository, "checkout", "-q", "main");
    git(folder, "clone", "-q", "--bare", repository, bare);
    git(bare, "update-server-info");
    execFileSync("chmod", ["-R", "a+rX", folder]);
    server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://x").pathname;
      asked.push(path);
      const file = join(folder, normalize(path));
      if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
      createReadStream(file).pipe(response.writeHead(200, { "content-type": "text/plain" }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    dumb = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bare.git`;
  });
  afterAll(() => {
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("takes one commit from a server that can leave the history out", async () => {
    const address = `file://${repository}`;
    expect(await said({ git: address, ref: "main" })).toBe("the second");
    expect(await said({ git: address, ref: "dev" })).toBe("in work");
    expect(await fail(ref(), spec({ git: address, ref: "nowhere" }), noFiles)).toMatchObject({
      kind: "permanent",
      message: expect.stringContaining("nowhere"),
    });
  }, 60_000);

  it("refuses what it would leave empty: submodules, and files of Git LFS", async () => {
    const outer = join(folder, "outer");
    git(folder, "init", "-q", "-b", "main", outer);
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", `file://${bare}`, "vendor/lib");
    git(outer, "commit", "-q", "-m", "with a submodule");
    git(outer, "checkout", "-q", "-b", "large");
    git(outer, "rm", "-q", "-f", "vendor/lib");
    git(outer, "rm", "-q", "-f", "--ignore-unmatch", ".gitmodules");
    mkdirSync(join(outer, "assets"));
    writeFileSync(join(outer, "assets/.gitattributes"), "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    git(outer, "add", ".");
    git(outer, "commit", "-q", "-m", "with large files");
    execFileSync("chmod", ["-R", "a+rX", folder]);
    const address = `file://${outer}`;
    expect(await fail(ref(), spec({ git: address, ref: "main" }), noFiles)).toMatchObject({
      kind: "permanent",
      message: expect.stringContaining("submodules, which are not supported yet: vendor/lib"),
    });
    expect(await fail(ref(), spec({ git: address, ref: "large" }), noFiles)).toMatchObject({
      kind: "permanent",
      message: expect.stringContaining("Git LFS"),
    });
  }, 60_000);

  it("takes all of it from a server of files alone: a branch, a tag, a commit, or what stands for none", async () => {
    const lines: string[] = [];
    const target = ref();
    const desired = processComponent(spec({ git: dumb, ref: "main" }));
    const change = { ...changeContext(noFiles), log: (line: string) => void lines.push(line) };
    await machine.cloud.apply(target, "create", desired, change);
    const seen = await machine.cloud.observe(target);
    expect(seen.present && (await fetchText(seen.url ?? ""))).toBe("the second");
    expect(lines.join("\n")).toContain("doesn’t support shallow fetches. Fetching the full history");
    expect(asked).toContain("/bare.git/info/refs");
    expect(await said({ git: dumb, ref: "dev" })).toBe("in work");
    expect(await said({ git: dumb, ref: "v1" })).toBe("the first");
    expect(await said({ git: dumb, ref: firstCommit })).toBe("the first");
    expect(await said({ git: dumb })).toBe("the second");
    expect(await fail(ref(), spec({ git: dumb, ref: "nowhere" }), noFiles)).toMatchObject({
      kind: "permanent",
      message: expect.stringContaining("nowhere"),
    });
  }, 60_000);

  it("says what is wrong when the address holds no repository, and when files of it are missing", async () => {
    const nothing = await fail(ref(), spec({ git: dumb.replace("bare", "none") }), noFiles);
    expect(nothing).toMatchObject({ kind: "permanent", message: expect.stringContaining("not found") });
    const broken = join(folder, "broken.git");
    cpSync(bare, broken, { recursive: true });
    rmSync(join(broken, "objects"), { recursive: true });
    const damaged = await fail(ref(), spec({ git: dumb.replace("bare", "broken"), ref: "main" }), noFiles);
    expect(damaged).toMatchObject({ kind: "permanent", message: expect.stringMatching(/^Git: /) });
  }, 60_000);

  it("asks no other server for objects, although a server of files may name one", async () => {
    const elsewhere: string[] = [];
    const other = createServer((request, response) => {
      elsewhere.push(request.url ?? "");
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.3", resolve));
    const pointing = join(folder, "pointing.git");
    cpSync(bare, pointing, { recursive: true });
    rmSync(join(pointing, "objects"), { recursive: true });
    mkdirSync(join(pointing, "objects/info"), { recursive: true });
    const objects = `http://127.0.0.3:${(other.address() as AddressInfo).port}/objects\n`;
    writeFileSync(join(pointing, "objects/info/http-alternates"), objects);
    try {
      await fail(ref(), spec({ git: dumb.replace("bare", "pointing"), ref: "main" }), noFiles);
      expect(asked).toContain("/pointing.git/info/refs");
      expect(elsewhere).toEqual([]);
    } finally {
      other.close();
    }
  }, 60_000);

  it("ends a fetch that brings more than a source may have", async () => {
    const { sourceLimits } = await import("@/lib/clouds/machine/sources/sources");
    const allowed = sourceLimits.maxBytes;
    // A gibibyte is not written for this: the same limit, made small, is passed in the same way.
    sourceLimits.maxBytes = 1024;
    try {
      const error = await fail(ref(), spec({ git: dumb, ref: "main" }), noFiles);
      expect(error).toMatchObject({ kind: "permanent", message: expect.stringContaining("exceeds the") });
    } finally {
      sourceLimits.maxBytes = allowed;
    }
  }, 60_000);
});
