import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CloudConnection,
  type ComponentRef,
  DriverError,
  type Observation,
} from "@/lib/clouds/contract";
import { findProgram } from "@/lib/platform/exec/find-program";
import { isRunning, listProcesses, readProcess } from "@/lib/platform/exec/process-table";
import { changeContext, eventually, fetchText, newRef, pause } from "../support/driver-contract";
import { filesOf, machineTrial, processComponent, webFiles } from "../support/machine-cloud";

type Present = Extract<Observation, { present: true }>;
const isRoot = process.getuid?.() === 0;
const web = {
  program: "node",
  args: ["server.mjs"],
  files: { dir: "app" },
  ports: [8080],
  environment: { GREETING: "hello" },
};

describe("the machine cloud under hardship", () => {
  const trial = machineTrial([21_270, 21_299], { allowPrograms: ["sleep"], allowFileGit: true });
  const made: ComponentRef[] = [];
  let cloud: CloudConnection;
  const ref = (component = "web") => {
    const next = newRef(component);
    made.push(next);
    return next;
  };
  const create = async (target: ComponentRef, spec: object, extra = {}, files = webFiles) => {
    const desired = processComponent({ ...spec }, extra);
    await cloud.apply(target, "create", desired, changeContext(files));
    return (await cloud.observe(target)) as Present;
  };
  const fail = async (target: ComponentRef, spec: object, files = webFiles, extra = {}) => {
    const error = await create(target, spec, extra, files).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DriverError);
    return error as DriverError;
  };

  beforeAll(async () => {
    cloud = await trial.open();
  });
  afterAll(async () => {
    for (const target of made) {
      await cloud.remove(target, changeContext(webFiles));
      await cloud.removeEnvironment(target.environmentId, changeContext(webFiles));
    }
    trial.dispose();
  });

  it("keeps a component running when the worker that started it is killed", async () => {
    const target = ref();
    const script = join(trial.root, "worker.mts");
    const repo = process.cwd();
    writeFileSync(
      script,
      `import { machineTrial, processComponent, webFiles } from "${repo}/tests/support/machine-cloud";
       import { machineDriver } from "${repo}/lib/clouds/machine";
       const cloud = await machineDriver.open(machineDriver.configSchema.parse({ portRange: [21270, 21299] }), {
         cloudId: "c", dataDir: "${trial.root}/data", runtimeDir: "${trial.root}/runtime", credentials: {}, log() {} });
       await cloud.apply(${JSON.stringify(target)}, "create", processComponent(${JSON.stringify(web)}), {
         idempotencyKey: "stp_worker", signal: new AbortController().signal, log() {}, files: webFiles });
       console.log("applied");
       setInterval(() => {}, 1000);`,
    );
    const tsx = join(repo, "node_modules", "tsx", "dist", "cli.mjs");
    const worker = spawn(process.execPath, [tsx, "--tsconfig", join(repo, "tsconfig.json"), script], {
      cwd: repo,
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise<void>((resolve, reject) => {
      worker.stdout.on("data", (chunk: Buffer) => chunk.includes("applied") && resolve());
      worker.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
    });
    process.kill(-(worker.pid ?? 0), "SIGKILL");
    await pause(300);
    const seen = (await cloud.observe(target)) as Present;
    expect(seen).toMatchObject({ status: "running", appliedKey: "stp_worker" });
    expect(await fetchText(seen.url ?? "")).toBe("hello");
  }, 60_000);

  it("continues after a crash at each point between intent, start and record", async () => {
    for (const point of ["intent", "spawned", "served"]) {
      const target = ref();
      const first = await create(target, web);
      const pid = Number(first.attributes.pid);
      if (point === "intent") process.kill(pid, "SIGKILL");
      await eventually(
        async () => readProcess(pid) === null,
        (gone) => gone || point !== "intent",
      );
      trial.edit(target, (record) => {
        record.applied = null;
        record.intent = { key: "stp_crash", digest: "", at: "", cleared: false };
        const [entry] = record.processes as { pid: number; start: string }[];
        if (point === "spawned") Object.assign(entry ?? {}, { pid: 0, start: "" });
        if (point === "intent") record.processes = [];
      });
      await cloud.apply(target, "create", processComponent(web), changeContext(webFiles, "stp_crash"));
      const again = (await cloud.observe(target)) as Present;
      expect(again).toMatchObject({ status: "running", appliedKey: "stp_crash" });
      const same = again.attributes.pid === pid;
      expect(same, point).toBe(point !== "intent");
      expect(again.external).toEqual(first.external);
    }
  });

  it("lets ten applies at once of five workers end in one process", async () => {
    const target = ref();
    const workers = await Promise.all(Array.from({ length: 5 }, () => trial.open()));
    const desired = processComponent(web);
    await Promise.all(
      [...workers, ...workers].map((worker) =>
        worker.apply(target, "create", desired, changeContext(webFiles, "stp_race")),
      ),
    );
    const seen = (await cloud.observe(target)) as Present;
    expect(String(seen.attributes.pids).split(" ")).toHaveLength(1);
    const uid = seen.attributes.uid;
    if (uid !== null) expect(listProcesses().filter((info) => info.uid === uid)).toHaveLength(1);
  });

  it("names the port somebody else took, and starts again once it is free", async () => {
    const target = ref();
    const first = await create(target, web);
    await cloud.stop?.(target, changeContext(webFiles));
    const port = first.external.ports["8080"] ?? 0;
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen({ host: "127.0.0.1", port }, resolve));
    const error = await cloud.start?.(target, changeContext(webFiles)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DriverError);
    expect(error).toMatchObject({ kind: "retryable", message: expect.stringContaining(String(port)) });
    await new Promise((resolve) => squatter.close(resolve));
    expect(await cloud.start?.(target, changeContext(webFiles))).toMatchObject({
      status: "running",
      external: first.external,
    });
  });

  it("tells why a program ended, without its secrets, and what to do", async () => {
    const files = filesOf({
      "app/server.mjs": 'console.error("cannot log in with " + process.env.API_TOKEN); process.exit(3);',
    });
    const error = await fail(ref(), { ...web, environment: { API_TOKEN: "hush-hush-hush" } }, files);
    expect(error.kind).toBe("permanent");
    expect(error.message).toContain("cannot log in with");
    expect(error.message).not.toContain("hush-hush-hush");
    expect(error.hint).toBeTruthy();
  });

  it("refuses programs that are not allowed or not there, and bad blocks", async () => {
    const problems = async (spec: object, extra = {}) =>
      (await cloud.validate(processComponent({ ...spec }, extra)))
        .map((problem) => problem.message)
        .join("; ");
    expect(await problems({ program: "rm", args: ["-rf"] })).toContain("does not allow");
    expect(await problems({ ...web, args: ["{port:9999}"] })).toContain("{port:9999}");
    expect(await problems({ ...web, ports: [70_000] })).not.toBe("");
    expect(await problems({ ...web, volumes: ["data:/../../etc"] })).not.toBe("");
    expect(await problems({ ...web, archive: { git: "ext::sh -c id" } })).toContain("https://");
    expect(await problems({ ...web, prepare: [["no-such-program-here"]] })).toContain("not installed");
    expect(
      await problems({ program: "postgres", ports: [5432], options: { password: "x" } }, { replicas: 2 }),
    ).toContain("one copy");
    await expect(
      cloud.observe({ environmentId: "../../etc", environmentName: "x", component: "passwd" }),
    ).rejects.toThrow(DriverError);
  });

  it("shares requests among replicas, leaves a dead one out, and brings it back", async () => {
    const target = ref();
    const seen = await create(target, web, { replicas: 3 });
    const ask = async () => {
      const pids = new Set<string>();
      for (let index = 0; index < 12; index += 1) pids.add(await fetchText(`${seen.url}/pid`, 0));
      return pids;
    };
    const pids = await ask();
    expect(pids.size).toBe(3);
    const victim = Number([...pids][0]);
    process.kill(victim, "SIGKILL");
    // A request that a dying replica has taken is lost with it; from its death on none may be.
    await eventually(
      async () => readProcess(victim),
      (now) => now === null,
    );
    const left = await eventually(ask, (now) => now.size === 2);
    expect(left.size).toBe(2);
    expect(await cloud.observe(target)).toMatchObject({ replicas: { desired: 3, running: 2 } });
    const healed = await cloud.restart(target, changeContext(webFiles));
    expect(healed).toMatchObject({ replicas: { desired: 3, running: 3 } });
    const after = await eventually(ask, (now) => now.size === 3);
    expect([...left].every((pid) => after.has(pid))).toBe(true);
  });

  it("updates replicas one after another without a failed request", async () => {
    const target = ref();
    const seen = await create(target, web, { replicas: 2 });
    let failed = 0;
    let asked = 0;
    let asking = true;
    const load = (async () => {
      while (asking) {
        asked += 1;
        await fetchText(seen.url ?? "", 0).catch(() => {
          failed += 1;
        });
      }
    })();
    const next = processComponent({ ...web, environment: { GREETING: "new" } }, { replicas: 2 });
    await cloud.apply(target, "update", next, changeContext(webFiles));
    asking = false;
    await load;
    expect(await fetchText(seen.url ?? "")).toBe("new");
    expect(asked).toBeGreaterThan(20);
    expect(failed).toBe(0);
  });

  it("leaves the running version alone when the new one cannot be prepared", async () => {
    const target = ref();
    const before = await create(target, web);
    const broken = processComponent({ ...web, prepare: [["node", "-e", "process.exit(9)"]] });
    await expect(cloud.apply(target, "update", broken, changeContext(webFiles))).rejects.toThrow(
      /failed \(9\)/,
    );
    const after = (await cloud.observe(target)) as Present;
    expect(after.attributes.pid).toBe(before.attributes.pid);
    expect(await fetchText(after.url ?? "")).toBe("hello");
    expect(after.message).toContain("failed (9)");
    const restarted = await cloud.restart(target, changeContext(webFiles));
    expect(restarted).toMatchObject({ status: "running", attributes: { pid: before.attributes.pid } });
  });

  it("kills what exceeds its memory, says so, and heals", async (test) => {
    const target = ref();
    const seen = await create(target, web, { size: { memoryBytes: 128 * 2 ** 20 } });
    if (!String(seen.attributes.limits).startsWith("enforced"))
      return test.skip("limits are not enforced here");
    await fetchText(`${seen.url}/grow`);
    const dead = await eventually(
      () => cloud.observe(target),
      (now) => now.present && now.status === "failed",
    );
    expect(dead).toMatchObject({ status: "failed", message: expect.stringContaining("memory") });
    expect(await cloud.restart(target, changeContext(webFiles))).toMatchObject({ status: "running" });
  });

  it.skipIf(!isRoot)("gives every component a user and an environment of its own", async () => {
    const [one, two] = [ref(), ref()];
    process.env.ROSTRUM_TRIAL_SECRET = "of the portal";
    const [left, right] = [await create(one, web), await create(two, web)];
    const uids = [await fetchText(`${left.url}/uid`), await fetchText(`${right.url}/uid`)];
    expect(new Set(uids).size).toBe(2);
    expect(uids).not.toContain("0");
    const groups = /^Groups:[ \t]*(.*)$/m.exec(
      readFileSync(`/proc/${left.attributes.pid}/status`, "utf8"),
    )?.[1];
    expect(groups?.trim()).toBe("");
    expect(await fetchText(`${left.url}/environment`)).not.toContain("of the portal");
    const spy = `try { require("fs").readdirSync("${right.attributes.directory}/releases/1"); console.log("in") } catch (e) { console.log(e.code) }`;
    const result = await cloud.exec?.(one, { command: ["node", "-e", spy], timeoutMs: 20_000 });
    expect(result?.stdout.trim()).toBe("EACCES");
    expect(existsSync(join(String(left.attributes.directory), "component.json"))).toBe(true);
  });

  it("ends children that left their session, too", async () => {
    const target = ref();
    const files = filesOf({
      "app/server.mjs": `import { spawn } from "node:child_process"; import { createServer } from "node:http";
        const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
        createServer((_, response) => response.end(String(child.pid))).listen(Number(process.env.PORT), process.env.HOST);`,
    });
    const seen = await create(target, web, {}, files);
    const child = readProcess(Number(await fetchText(seen.url ?? "")));
    expect(child && isRunning(child)).toBe(true);
    await cloud.remove(target, changeContext(files));
    expect(child && isRunning(child)).toBe(false);
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

  it("runs what Git and uploads bring, and refuses archives that leave their folder", async () => {
    const repository = mkdtempSync(join(tmpdir(), "rostrum-git-"));
    mkdirSync(join(repository, "app"));
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
        cwd: repository,
      });
    writeFileSync(join(repository, "server.mjs"), (await webFiles.list("app"))[0]?.content ?? "");
    git("init", "-q", "-b", "main");
    git("add", ".");
    git("commit", "-q", "-m", "first");
    if (isRoot) execFileSync("chmod", ["-R", "a+rX", repository]);
    const plain = { ...web, files: undefined };
    try {
      const source = { git: `file://${repository}`, ref: "main" };
      const fromGit = await create(ref(), { ...plain, archive: source });
      expect(await fetchText(fromGit.url ?? "")).toBe("hello");
      const missing = await fail(ref(), { ...plain, archive: { ...source, ref: "nowhere" } });
      expect(missing).toMatchObject({ kind: "permanent", message: expect.stringContaining("nowhere") });
    } finally {
      rmSync(repository, { recursive: true });
    }
    const program = (await webFiles.list("app"))[0]?.content ?? new Uint8Array();
    const good = await tarball({ "project/server.mjs": Buffer.from(program) });
    const upload = { ...plain, archive: { upload: "upl_1" } };
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
    await create(target, { ...web, ports: [], stop_grace_period: "1s" }, {}, files);
    const begun = Date.now();
    await cloud.stop?.(target, changeContext(files));
    expect(Date.now() - begun).toBeLessThan(20_000);
    expect(await cloud.observe(target)).toMatchObject({ status: "stopped", replicas: { running: 0 } });
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
        const client = new Redis({ port: seen.external.ports["6379"] ?? 0, password: "red secret" });
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
        () => cloud.observe(target),
        (now) => now.present && now.status === "failed",
      );
      await cloud.restart(target, changeContext(filesOf({})));
      expect(await ask((client) => client.get("key"))).toBe("kept");
    },
  );

  it("finds and removes a process whose directory is gone", async () => {
    const target = ref();
    const seen = await create(target, web);
    rmSync(String(seen.attributes.directory), { recursive: true });
    const found = [];
    for await (const one of cloud.discover(new AbortController().signal)) found.push(one);
    const orphan = found.find(
      (one) => one.type === "process" && one.ref?.environmentId === target.environmentId,
    );
    expect(orphan?.ref).toEqual(target);
    await cloud.remove(target, changeContext(webFiles));
    expect(readProcess(Number(seen.attributes.pid))).toBeNull();
  });
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
