import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { DriverError } from "@/lib/clouds/contract";
import { findProgram } from "@/lib/platform/exec/find-program";
import { changeContext, eventually, fetchText, pause } from "../support/cloud-changes";
import { filesOf, processComponent, webFiles, webProcess } from "../support/machine-cloud";
import { openMachine } from "../support/open-machine";

const isRoot = process.getuid?.() === 0;

describe("what the machine cloud runs", () => {
  const machine = openMachine([21_300, 21_329], { allowPrograms: ["sleep"] });
  const { ref, create, fail } = machine;

  it("tells why a program ended, without its secrets, and what to do", async () => {
    const files = filesOf({
      "app/server.mjs": 'console.error("cannot log in with " + process.env.API_TOKEN); process.exit(3);',
    });
    const error = await fail(ref(), { ...webProcess, environment: { API_TOKEN: "hush-hush-hush" } }, files);
    expect(error.kind).toBe("permanent");
    expect(error.message).toContain("cannot log in with");
    expect(error.message).not.toContain("hush-hush-hush");
    expect(error.hint).toBeTruthy();
  });

  it("refuses programs that are not allowed or not there, and bad blocks", async () => {
    const problems = async (spec: object, extra = {}) =>
      (await machine.cloud.validate(processComponent({ ...spec }, extra)))
        .map((problem) => problem.message)
        .join("; ");
    expect(await problems({ program: "rm", args: ["-rf"] })).toContain("doesn’t allow");
    expect(await problems({ ...webProcess, args: ["{port:9999}"] })).toContain("{port:9999}");
    expect(await problems({ ...webProcess, ports: [70_000] })).not.toBe("");
    expect(await problems({ ...webProcess, volumes: ["data:/../../etc"] })).not.toBe("");
    expect(await problems({ ...webProcess, archive: { git: "ext::sh -c id" } })).toContain("https://");
    expect(await problems({ ...webProcess, prepare: [["no-such-program-here"]] })).toContain("not installed");
    expect(
      await problems({ program: "postgres", ports: [5432], options: { password: "x" } }, { replicas: 2 }),
    ).toContain("doesn’t support replicas");
    await expect(
      machine.cloud.observe({ environmentId: "../../etc", environmentName: "x", component: "passwd" }),
    ).rejects.toThrow(DriverError);
  });

  it.skipIf(!isRoot)("gives every component a user and an environment of its own", async () => {
    const [one, two] = [ref(), ref()];
    process.env.ROSTRUM_TRIAL_SECRET = "of the portal";
    const [left, right] = [await create(one, webProcess), await create(two, webProcess)];
    const uids = [await fetchText(`${left.url}/uid`), await fetchText(`${right.url}/uid`)];
    expect(new Set(uids).size).toBe(2);
    expect(uids).not.toContain("0");
    const groups = /^Groups:[ \t]*(.*)$/m.exec(
      readFileSync(`/proc/${left.attributes.pid}/status`, "utf8"),
    )?.[1];
    expect(groups?.trim()).toBe("");
    expect(await fetchText(`${left.url}/environment`)).not.toContain("of the portal");
    const spy = `try { require("fs").readdirSync("${right.attributes.directory}/releases/1"); console.log("in") } catch (e) { console.log(e.code) }`;
    const result = await machine.cloud.exec?.(one, { command: ["node", "-e", spy], timeoutMs: 20_000 });
    // For a component the other one does not exist.
    expect(result?.stdout.trim()).toMatch(/^(ENOENT|EACCES)$/);
    expect(existsSync(join(String(left.attributes.directory), "component.json"))).toBe(true);
  });

  it("copies no folder that is a link or absent, and names it as it was asked for", async () => {
    const one = ref();
    await create(one, webProcess);
    const script = `require("fs").symlinkSync("/etc", "settings")`;
    await machine.cloud.exec?.(one, { command: ["node", "-e", script], timeoutMs: 20_000 });
    const refusal = async (path: string) => {
      try {
        await machine.cloud.copyOut?.(one, path, new AbortController().signal);
      } catch (error) {
        return (error as DriverError).message;
      }
      return "copied";
    };
    expect(await refusal("settings")).toBe(`"settings" of ${one.component} is a link, which is not followed`);
    expect(await refusal("no/such")).toBe(`${one.component} has no folder "no/such"`);
  });

  it("serves static files with types, an index, a 404 and nothing outside", async () => {
    const files = filesOf({
      "site/index.html": "<h1>start</h1>",
      "site/docs/index.html": "docs",
      "site/style.css": "a{}",
      "site/.secret": "no",
    });
    const seen = await create(ref(), { program: "static", files: { dir: "site" }, ports: [80] }, {}, files);
    const get = (path: string) => fetch(`${seen.url}${path}`, { redirect: "manual" });
    expect(await (await get("/")).text()).toBe("<h1>start</h1>");
    const style = await get("/style.css");
    expect([style.headers.get("content-type"), style.headers.get("x-content-type-options")]).toEqual([
      "text/css; charset=utf-8",
      "nosniff",
    ]);
    expect((await get("/docs")).headers.get("location")).toBe("/docs/");
    for (const path of [
      "/nothing",
      "/.secret",
      "/..%2f..%2fcomponent.json",
      "/%2e%2e/%2e%2e/component.json",
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
    expect((await get("/%ff")).status).toBe(400);
    expect((await fetch(`${seen.url}/`, { method: "POST" })).status).toBe(405);
  });

  it("runs what uploads bring, and refuses archives that leave their folder", async () => {
    const program = (await webFiles.list("app"))[0]?.content ?? new Uint8Array();
    const good = await tarball({ "project/server.mjs": Buffer.from(program) });
    const upload = { ...webProcess, files: undefined, archive: { upload: "upl_1" } };
    const fromUpload = await create(ref(), upload, {}, filesOf({}, good));
    expect(await fetchText(fromUpload.url ?? "")).toBe("hello");
    const bad = await tarball({ "../outside.txt": Buffer.from("x") });
    expect((await fail(ref(), upload, filesOf({}, bad))).message).toContain("outside");
    expect((await fail(ref(), upload, filesOf({}, Buffer.from("rubbish")))).kind).toBe("permanent");
  }, 60_000);

  it("runs an allowed program without ports, and stops one that ignores signals", async () => {
    const seen = await create(ref("sleeper"), { program: "sleep", args: ["600"] });
    expect(seen).toMatchObject({ status: "running", url: null });
    const target = ref("stubborn");
    const files = filesOf({
      "app/server.mjs": 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);',
    });
    await create(target, { ...webProcess, ports: [], stop_grace_period: "1s" }, {}, files);
    const begun = Date.now();
    await machine.cloud.stop?.(target, changeContext(files));
    expect(Date.now() - begun).toBeLessThan(20_000);
    expect(await machine.cloud.observe(target)).toMatchObject({
      status: "stopped",
      replicas: { running: 0 },
    });
  });

  it.skipIf(!findProgram("redis-server") && !findProgram("valkey-server"))(
    "runs Redis that keeps its data over a death and hides its password",
    async () => {
      const target = ref("cache");
      const spec = {
        program: "redis",
        ports: [6379],
        volumes: ["data:/data"],
        options: { password: "red secret" },
      };
      const seen = await create(target, spec, {}, filesOf({}));
      const { default: Redis } = await import("ioredis");
      const ask = async (work: (client: InstanceType<typeof Redis>) => Promise<unknown>) => {
        const client = new Redis({
          host: seen.external.host,
          port: seen.external.ports["6379"] ?? 0,
          password: "red secret",
        });
        try {
          return await work(client);
        } finally {
          client.disconnect();
        }
      };
      await ask((client) => client.set("key", "kept"));
      await pause(1_200);
      expect(readFileSync(`/proc/${seen.attributes.pid}/cmdline`, "utf8")).not.toContain("red secret");
      process.kill(Number(seen.attributes.pid), "SIGKILL");
      await eventually(
        () => machine.cloud.observe(target),
        (now) => now.present && now.status === "failed",
      );
      await machine.cloud.restart(target, changeContext(filesOf({})));
      expect(await ask((client) => client.get("key"))).toBe("kept");
    },
  );
});

function tarball(files: Record<string, Buffer>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tar = pack();
    const chunks: Buffer[] = [];
    tar.on("data", (chunk) => void chunks.push(chunk as Buffer));
    tar.on("end", () => resolve(gzipSync(Buffer.concat(chunks))));
    tar.on("error", reject);
    for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
    tar.finalize();
  });
}
