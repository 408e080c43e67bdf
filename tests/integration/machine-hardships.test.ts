import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DriverError } from "@/lib/clouds/contract";
import { environmentOf, isRunning, listProcesses, readProcess } from "@/lib/platform/exec/process-table";
import { changeContext, eventually, fetchText, type Present, pause } from "../support/cloud-changes";
import { filesOf, processComponent, webFiles, webProcess } from "../support/machine-cloud";
import { openMachine } from "../support/open-machine";

describe("the machine cloud under hardship", () => {
  const machine = openMachine([21_270, 21_299]);
  const { trial, ref, create } = machine;

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
       await cloud.apply(${JSON.stringify(target)}, "create", processComponent(${JSON.stringify(webProcess)}), {
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
    const seen = (await machine.cloud.observe(target)) as Present;
    expect(seen).toMatchObject({ status: "running", appliedKey: "stp_worker" });
    expect(await fetchText(seen.url ?? "")).toBe("hello");
  }, 60_000);

  it("continues after a crash at each point between intent, start and record", async () => {
    for (const point of ["intent", "spawned", "served"]) {
      const target = ref();
      const first = await create(target, webProcess);
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
      await machine.cloud.apply(
        target,
        "create",
        processComponent(webProcess),
        changeContext(webFiles, "stp_crash"),
      );
      const again = (await machine.cloud.observe(target)) as Present;
      expect(again).toMatchObject({ status: "running", appliedKey: "stp_crash" });
      const same = again.attributes.pid === pid;
      expect(same, point).toBe(point !== "intent");
      expect(again.external).toEqual(first.external);
    }
  });

  it("lets ten applies at once of five workers end in one process", async () => {
    const target = ref();
    const workers = await Promise.all(Array.from({ length: 5 }, () => trial.open()));
    const desired = processComponent(webProcess);
    await Promise.all(
      [...workers, ...workers].map((worker) =>
        worker.apply(target, "create", desired, changeContext(webFiles, "stp_race")),
      ),
    );
    const seen = (await machine.cloud.observe(target)) as Present;
    expect(String(seen.attributes.pids).split(" ")).toHaveLength(1);
    const uid = seen.attributes.uid;
    // Process 1 of its namespaces and the one that waits for them are beside the program.
    const programs = listProcesses().filter(
      (info) => info.uid === uid && environmentOf(info.pid)?.has("ROSTRUM_STARTED"),
    );
    if (uid !== null) expect(programs).toHaveLength(1);
  });

  it("names the port someone else took, and starts again once it is free", async () => {
    const target = ref();
    const first = await create(target, webProcess);
    await machine.cloud.stop?.(target, changeContext(webFiles));
    const port = first.external.ports["8080"] ?? 0;
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen({ host: "127.0.0.1", port }, resolve));
    const error = await machine.cloud
      .start?.(target, changeContext(webFiles))
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DriverError);
    expect(error).toMatchObject({ kind: "retryable", message: expect.stringContaining(String(port)) });
    await new Promise((resolve) => squatter.close(resolve));
    expect(await machine.cloud.start?.(target, changeContext(webFiles))).toMatchObject({
      status: "running",
      external: first.external,
    });
  });

  it("takes another port when a stranger took its own before it was ever completed", async () => {
    const target = ref();
    const squatter = createServer();
    const book = join(trial.root, "data", "ports");
    const reserved = () =>
      Number(
        readdirSync(book).find((port) =>
          readFileSync(join(book, port), "utf8").includes(target.environmentId),
        ),
      );
    let taken = 0;
    const desired = processComponent({
      ...webProcess,
      prepare: [["node", "-e", "setTimeout(() => {}, 500)"]],
    });
    const change = {
      ...changeContext(webFiles),
      // Its ports are reserved, and its program is still being prepared.
      log: (line: string) => {
        if (!line.startsWith("Preparing") || taken !== 0) return;
        taken = reserved();
        squatter.listen({ host: "127.0.0.1", port: taken });
      },
    };
    const apply = () => machine.cloud.apply(target, "create", desired, change);
    await expect(apply()).rejects.toMatchObject({
      kind: "retryable",
      message: expect.stringContaining("is in use"),
    });
    await apply();
    const seen = (await machine.cloud.observe(target)) as Present;
    expect(seen.external.ports["8080"]).not.toBe(taken);
    expect(await fetchText(seen.url ?? "")).toBe("hello");
    await new Promise((resolve) => squatter.close(resolve));
  });

  it("shares requests among replicas, leaves a dead one out, and brings it back", async () => {
    const target = ref();
    const seen = await create(target, webProcess, { replicas: 3 });
    const ask = async () => {
      const ports = new Set<string>();
      for (let index = 0; index < 12; index += 1) ports.add(await fetchText(`${seen.url}/port`, 0));
      return ports;
    };
    expect((await ask()).size).toBe(3);
    const victim = Number(String(seen.attributes.pids).split(" ")[0]);
    process.kill(victim, "SIGKILL");
    // A request that a dying replica has taken is lost with it; from its death on none may be.
    await eventually(
      async () => readProcess(victim),
      (now) => now === null,
    );
    const left = await eventually(ask, (now) => now.size === 2);
    expect(left.size).toBe(2);
    expect(await machine.cloud.observe(target)).toMatchObject({ replicas: { desired: 3, running: 2 } });
    const healed = await machine.cloud.restart(target, changeContext(webFiles));
    expect(healed).toMatchObject({ replicas: { desired: 3, running: 3 } });
    const after = await eventually(ask, (now) => now.size === 3);
    expect([...left].every((port) => after.has(port))).toBe(true);
  });

  it("updates replicas one after another without a failed request", async () => {
    const target = ref();
    const seen = await create(target, webProcess, { replicas: 2 });
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
    const next = processComponent({ ...webProcess, environment: { GREETING: "new" } }, { replicas: 2 });
    await machine.cloud.apply(target, "update", next, changeContext(webFiles));
    asking = false;
    await load;
    expect(await fetchText(seen.url ?? "")).toBe("new");
    expect(asked).toBeGreaterThan(20);
    expect(failed).toBe(0);
  });

  it("leaves the running version alone when the new one cannot be prepared", async () => {
    const target = ref();
    const before = await create(target, webProcess);
    const broken = processComponent({ ...webProcess, prepare: [["node", "-e", "process.exit(9)"]] });
    await expect(machine.cloud.apply(target, "update", broken, changeContext(webFiles))).rejects.toThrow(
      /failed \(9\)/,
    );
    const after = (await machine.cloud.observe(target)) as Present;
    expect(after.attributes.pid).toBe(before.attributes.pid);
    expect(await fetchText(after.url ?? "")).toBe("hello");
    expect(after.message).toContain("failed (9)");
    const recovered = await machine.cloud.recover(target, changeContext(webFiles));
    expect(recovered).toMatchObject({ status: "running", attributes: { pid: before.attributes.pid } });
    const restarted = (await machine.cloud.restart(target, changeContext(webFiles))) as Present;
    expect(restarted.attributes.pid).not.toBe(before.attributes.pid);
    expect(await fetchText(restarted.url ?? "")).toBe("hello");
  });

  it("kills what exceeds its memory, says so, and heals", async (test) => {
    const target = ref();
    const seen = await create(target, webProcess, { size: { memoryBytes: 128 * 2 ** 20 } });
    if (!String(seen.attributes.limits).startsWith("enforced"))
      return test.skip("limits are not enforced here");
    await fetchText(`${seen.url}/grow`);
    const dead = await eventually(
      () => machine.cloud.observe(target),
      (now) => now.present && now.status === "failed",
    );
    expect(dead).toMatchObject({ status: "failed", message: expect.stringContaining("memory") });
    expect(await machine.cloud.restart(target, changeContext(webFiles))).toMatchObject({ status: "running" });
  });

  it("ends children that left their session, too", async () => {
    const target = ref();
    const files = filesOf({
      "app/server.mjs": `import { spawn } from "node:child_process"; import { createServer } from "node:http";
        spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "left-behind"], { detached: true, stdio: "ignore" });
        createServer((_, response) => response.end("ok")).listen(Number(process.env.PORT), process.env.HOST);`,
    });
    const seen = await create(target, webProcess, {}, files);
    const child = listProcesses().find(
      ({ pid }) =>
        environmentOf(pid)?.get("ROSTRUM_REF") === `${target.environmentId}/${target.component}` &&
        readFileSync(`/proc/${pid}/cmdline`, "utf8").endsWith("left-behind\0"),
    );
    expect(seen.status).toBe("running");
    expect(child && isRunning(child)).toBe(true);
    await machine.cloud.remove(target, changeContext(files));
    expect(child && isRunning(child)).toBe(false);
  });

  it("finds and removes a process whose directory is gone", async () => {
    const target = ref();
    const seen = await create(target, webProcess);
    rmSync(String(seen.attributes.directory), { recursive: true });
    const found = [];
    for await (const one of machine.cloud.discover(new AbortController().signal)) found.push(one);
    const orphan = found.find(
      (one) => one.type === "process" && one.ref?.environmentId === target.environmentId,
    );
    expect(orphan?.ref).toEqual(target);
    await machine.cloud.remove(target, changeContext(webFiles));
    expect(readProcess(Number(seen.attributes.pid))).toBeNull();
  });
});
