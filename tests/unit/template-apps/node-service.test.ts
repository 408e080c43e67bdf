import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bare, templateApps } from "@/tests/support/template-apps";

const apps = templateApps();

describe("node-service", () => {
  const program = "rostrum-service.mjs";

  function copyService(name: string, files: Record<string, string>): string {
    const folder = apps.path(name);
    cpSync(apps.path("node-service/service"), folder, { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return name;
  }

  function run(folder: string, step: string, environment: Record<string, string> = {}) {
    return apps.run(folder, [program, step], { HOME: apps.path(), ...environment });
  }

  it("starts its sample without any code of one's own", async () => {
    expect(run("node-service/service", "prepare").stdout).toContain("No packages to install.");
    const service = await apps.start("node-service/service", [program, "start"], { MESSAGE: "Good <day>" });
    expect(await (await fetch(service.url)).text()).toContain("Good &lt;day&gt;");
    service.kill("SIGTERM");
    expect(await service.ended()).toBe(0);
  }, 30_000);

  it("installs from the lockfile and starts what an archive brought, through npm where it must", async () => {
    const server = `import { greet } from "greeting"; import { createServer } from "node:http";
      const server = createServer((_, response) => response.end(greet())).listen(process.env.PORT, () =>
        console.log("listening on port " + server.address().port));`;
    const greeting = '{"name":"greeting","version":"1.0.0","type":"module","main":"index.js"}';
    const folder = copyService("uploaded", {
      "package.json":
        '{"name":"mine","version":"1.0.0","type":"module","scripts":{"start":"NAME=npm node server.js"},"dependencies":{"greeting":"file:./greeting"}}',
      "server.js": server,
      "greeting/package.json": greeting,
      "greeting/index.js": 'export const greet = () => "hello from " + process.env.NAME;',
    });
    const env = { ...bare, HOME: apps.path() };
    spawnSync("npm", ["install", "--package-lock-only", "--offline"], { cwd: apps.path(folder), env });
    // As the manifest's prepare step does it.
    const prepare = ["exec", "--no-update-notifier", "-c", `"$npm_node_execpath" ${program} prepare`];
    const options = {
      cwd: apps.path(folder),
      env: { ...env, SERVICE_SOURCE: "upload" },
      encoding: "utf8",
    } as const;
    const prepared = spawnSync("npm", prepare, options);
    expect(prepared.stdout + prepared.stderr).toMatch(/ ci --omit=dev/);
    expect(prepared.status).toBe(0);
    const service = await apps.start(folder, [program, "start"], { SERVICE_SOURCE: "upload" });
    expect(await (await fetch(service.url)).text()).toBe("hello from npm");
  }, 60_000);

  it("clones a repository at a branch, a tag or a commit", () => {
    const origin = apps.path("origin");
    mkdirSync(origin);
    const git = (...args: string[]) => {
      const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
      const result = spawnSync("git", [...identity, ...args], { cwd: origin, encoding: "utf8" });
      if (result.status !== 0) throw new Error(result.stderr);
      return result.stdout.trim();
    };
    git("init", "--quiet", "--initial-branch=main");
    writeFileSync(join(origin, "package.json"), '{"name":"first","scripts":{"start":"node a.js"}}');
    git("add", ".");
    git("commit", "--quiet", "-m", "first");
    const first = git("rev-parse", "HEAD");
    git("tag", "v1");
    writeFileSync(join(origin, "package.json"), '{"name":"second","scripts":{"start":"node a.js"}}');
    git("commit", "--quiet", "-am", "second");
    for (const [index, [ref, name]] of [
      ["main", "second"],
      ["v1", "first"],
      [first, "first"],
    ].entries()) {
      const folder = copyService(`cloned-${index}`, {});
      const source = { SERVICE_SOURCE: "git", SERVICE_GIT_URL: origin, SERVICE_GIT_REF: ref ?? "" };
      expect(run(folder, "fetch", source).status).toBe(0);
      expect(readFileSync(apps.path(folder, "source/package.json"), "utf8")).toContain(name ?? "?");
    }
    const folder = copyService("cloned-missing", {});
    const missing = run(folder, "fetch", {
      SERVICE_SOURCE: "git",
      SERVICE_GIT_URL: origin,
      SERVICE_GIT_REF: "nope",
    });
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining("git exited with")]);
  }, 60_000);

  it("takes an uploaded archive to where it may write, on clouds that only bring it", () => {
    const folder = copyService("brought", { "upload/package.json": '{"name":"brought"}' });
    const environment = { SERVICE_SOURCE: "upload", SERVICE_WORK: apps.path("brought-work") };
    expect(run(folder, "fetch", environment).status).toBe(0);
    expect(readFileSync(apps.path("brought-work/source/package.json"), "utf8")).toContain("brought");
    expect(run(copyService("unbrought", {}), "fetch", { SERVICE_SOURCE: "upload" }).stderr).toBe(
      "Choose an archive to upload.\n",
    );
  });

  it("says in one line what is missing", () => {
    const empty = copyService("empty", {});
    expect(run(empty, "prepare", { SERVICE_SOURCE: "upload" }).stderr).toBe(
      "package.json not found at the root of the source.\n",
    );
    const startless = copyService("startless", { "package.json": "{}" });
    expect(run(startless, "start", { SERVICE_SOURCE: "upload" }).stderr).toBe(
      'package.json has no "start" script.\n',
    );
  });
});
