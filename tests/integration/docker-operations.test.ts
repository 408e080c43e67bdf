import { Readable, Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { extract, pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LogLine, refKey } from "@/lib/clouds/contract";
import { containerName } from "@/lib/clouds/docker/names";
import { hasDocker } from "../support/docker";
import {
  applied,
  context,
  type DockerTestCloud,
  desired,
  driverError,
  openDockerTestCloud,
  textOf,
  webServer,
} from "../support/docker-cloud";
import { canBuildImages } from "../support/docker-images";

const runs = (await hasDocker()) && canBuildImages();

describe.skipIf(!runs)("the docker cloud: operating a component", () => {
  let cloud: DockerTestCloud;
  beforeAll(async () => {
    cloud = await openDockerTestCloud();
  });
  afterAll(async () => cloud?.close());

  const run = async (ref: Parameters<NonNullable<typeof cloud.connection.exec>>[0], script: string) => {
    const result = await cloud.connection.exec?.(ref, { command: ["sh", "-c", script], timeoutMs: 15_000 });
    if (result?.exitCode !== 0) throw new Error(`${script}: ${JSON.stringify(result)}`);
    return result.stdout;
  };

  it("spreads replicas behind one address, scales without touching the others, and back to one", async () => {
    const ref = cloud.ref();
    const script = `echo "$HOSTNAME-$(hostname -i)" > /tmp/index.html && exec httpd -f -p 8080 -h /tmp`;
    const spec = webServer(cloud.images.busybox, "", { command: ["sh", "-c", script] });
    const size = { cpu: 0.2, memoryBytes: 32 * 2 ** 20, storageBytes: 0 };
    const of = (replicas: number) => desired(spec, { replicas, size });
    const answers = async (url: string | null) => {
      const seen = new Set<string>();
      for (let index = 0; index < 12; index += 1) seen.add(await textOf(url));
      return seen.size;
    };

    const one = await applied(cloud.connection, ref, of(1));
    expect(cloud.connection.decideChange(of(1), of(2))).toMatchObject({ action: "update", disruptive: true });
    const two = await applied(cloud.connection, ref, of(2), { action: "update" });
    expect(two).toMatchObject({ url: one.url, replicas: { desired: 2, running: 2 } });
    expect(await answers(two.url)).toBe(2);

    expect(cloud.connection.decideChange(of(2), of(3)).disruptive).toBe(false);
    const three = await applied(cloud.connection, ref, of(3), { action: "update" });
    expect(three).toMatchObject({ url: one.url, replicas: { desired: 3, running: 3 } });
    expect(three.attributes.containerId).toBe(two.attributes.containerId);
    expect(await answers(three.url)).toBe(3);
    const sample = (await cloud.connection.metrics?.([ref]))?.get(refKey(ref));
    expect(sample?.memoryBytes).toBeGreaterThan(0);

    await cloud.engine.docker.getContainer(containerName(ref, 2)).kill();
    expect(await cloud.connection.observe(ref)).toMatchObject({ status: "failed", replicas: { running: 2 } });
    expect(await textOf(one.url)).toMatch(/^web-/);
    expect(await cloud.connection.restart(ref, context())).toMatchObject({ replicas: { running: 3 } });

    const back = await applied(cloud.connection, ref, of(1), { action: "update" });
    expect(back).toMatchObject({ url: one.url, replicas: { desired: 1, running: 1 } });
    expect(await answers(back.url)).toBe(1);
    const left = await cloud.engine.docker.listContainers({
      all: true,
      filters: { label: [`rostrum.environment=${ref.environmentId}`] },
    });
    expect(left.map((entry) => entry.Names[0])).toEqual([`/${containerName(ref)}`]);
  });

  it("samples CPU, memory and network", async () => {
    const ref = cloud.ref();
    const command = ["sh", "-c", "httpd -p 8080 -h /tmp; while :; do :; done"];
    const size = { cpu: 0.3, memoryBytes: 64 * 2 ** 20, storageBytes: 0 };
    const seen = await applied(
      cloud.connection,
      ref,
      desired(webServer(cloud.images.busybox, "", { command }), { size }),
    );
    await sleep(1_500);
    const absent = cloud.ref("absent");
    const first = await cloud.connection.metrics?.([ref, absent]);
    expect(first?.has(refKey(absent))).toBe(false);
    await fetch(seen.url ?? "").then((answer) => answer.text());
    await sleep(2_000);
    const second = (await cloud.connection.metrics?.([ref]))?.get(refKey(ref));
    // A busy loop under a limit of 0.3 cores uses about that: a rate since the last sample, not a total.
    expect(second?.cpuCores).toBeGreaterThan(0.1);
    expect(second?.cpuCores).toBeLessThan(0.5);
    expect(second?.memoryBytes).toBeGreaterThan(0);
    expect(second?.memoryBytes).toBeLessThan(64 * 2 ** 20);
    expect(second?.networkReceivedBytes).toBeGreaterThan(first?.get(refKey(ref))?.networkReceivedBytes ?? 0);
    expect(second?.storageBytes).toBeNull();
  });

  it("reads and follows logs over a restart until told to stop", async () => {
    const ref = cloud.ref();
    const script = "echo out; echo err >&2; i=0; while :; do i=$((i+1)); echo tick $i; sleep 1; done";
    const wanted = desired({
      image: cloud.images.busybox,
      command: ["sh", "-c", script],
      stop_signal: "SIGKILL",
    });
    await applied(cloud.connection, ref, wanted);
    const stop = new AbortController();
    const limit = AbortSignal.any([stop.signal, AbortSignal.timeout(40_000)]);
    const lines: LogLine[] = [];
    let killed = false;
    for await (const line of cloud.connection.logs?.(ref, { tailLines: 100, follow: true, signal: limit }) ??
      []) {
      lines.push(line);
      if (line.text === "tick 3" && !killed) {
        killed = true;
        await cloud.engine.docker.getContainer(containerName(ref)).kill();
        await cloud.connection.restart(ref, context());
      }
      if (killed && lines.filter((entry) => entry.text === "tick 2").length === 2) stop.abort();
    }
    expect(lines.filter((line) => line.text === "out")).toHaveLength(2);
    expect(lines.filter((line) => line.text === "tick 1")).toHaveLength(2);
    expect(lines).toContainEqual(expect.objectContaining({ stream: "stderr", text: "err" }));
    expect(lines.every((line) => line.at instanceof Date)).toBe(true);
    const tail: string[] = [];
    const options = { tailLines: 2, follow: false, signal: AbortSignal.timeout(10_000) };
    for await (const line of cloud.connection.logs?.(ref, options) ?? []) tail.push(line.text);
    expect(tail).toHaveLength(2);
  });

  it("runs commands with input, output, environment, exit code and a time limit", async () => {
    const ref = cloud.ref();
    const idle = desired({ image: cloud.images.busybox, command: ["sleep", "600"], stop_signal: "SIGKILL" });
    await applied(cloud.connection, ref, idle);
    const exec = cloud.connection.exec;
    if (!exec) throw new Error("no exec");
    expect(
      await exec(ref, {
        command: ["sh", "-c", "echo $GREETING; echo bad >&2; exit 7"],
        environment: { GREETING: "hello" },
        timeoutMs: 10_000,
      }),
    ).toEqual({ exitCode: 7, stdout: "hello\n", stderr: "bad\n" });

    const big = Buffer.alloc(5 * 2 ** 20, "x");
    const parts: Buffer[] = [];
    const slow = new Writable({
      highWaterMark: 16_384,
      write: (chunk, _encoding, done) => {
        parts.push(chunk);
        setImmediate(done);
      },
    });
    const result = await exec(ref, {
      command: ["cat"],
      stdin: Readable.from([big]),
      stdout: slow,
      timeoutMs: 30_000,
    });
    expect(result).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(Buffer.concat(parts).equals(big)).toBe(true);

    const startedAt = Date.now();
    const late = await driverError(exec(ref, { command: ["sleep", "60"], timeoutMs: 1_000 }));
    expect(late.message).toMatch(/didn’t respond within 1\u00a0s/);
    expect(Date.now() - startedAt).toBeLessThan(6_000);
    const absent = await exec(ref, { command: ["no-such-program"], timeoutMs: 10_000 });
    // Older engines say 126 ("cannot be run"), newer ones 127 ("not found").
    expect([126, 127]).toContain(absent.exitCode);
  });

  it("copies a volume out as of one instant, and replaces it from the copy", async () => {
    const ref = cloud.ref();
    const spec = webServer(cloud.images.busybox, "copy", { volumes: ["data:/data"] });
    const seen = await applied(cloud.connection, ref, desired(spec));
    await run(ref, "mkdir -p /data/sub && echo one > /data/sub/.f && chown -R 1000:1000 /data/sub");
    const signal = AbortSignal.timeout(60_000);
    const stream = await cloud.connection.copyOut?.(ref, "data", signal);
    if (!stream) throw new Error("no copy");
    const tar = await buffer(stream);
    const names: string[] = [];
    const reader = extract();
    reader.end(tar);
    for await (const entry of reader) {
      names.push(entry.header.name.replace(/^\.\//, "").replace(/\/$/, ""));
      entry.resume();
    }
    expect(names.filter(Boolean).sort()).toEqual(["sub", "sub/.f"]);
    await sleep(500);
    // Nothing of the copying is left: the component runs unfrozen, and no helper exists.
    expect(await textOf(seen.url)).toBe("copy");

    await run(ref, "echo two > /data/sub/.f; echo extra > /data/new; mkdir /data/.hidden");
    await cloud.connection.copyIn?.(ref, "/data", Readable.from([tar]), signal);
    expect(await run(ref, "cd /data && find . | sort && cat sub/.f && stat -c %u sub/.f")).toBe(
      ".\n./sub\n./sub/.f\none\n1000\n",
    );
    expect(await textOf(seen.url)).toBe("copy");
    const left = await cloud.engine.docker.listContainers({
      all: true,
      filters: { label: [`rostrum.environment=${ref.environmentId}`] },
    });
    expect(left).toHaveLength(1);
    const unknown = await driverError(
      cloud.connection.copyOut?.(ref, "nothing", signal) ?? Promise.resolve(),
    );
    expect(unknown).toMatchObject({ kind: "permanent", hint: expect.stringContaining("/data") });
    const empty = pack();
    empty.finalize();
    const refused = cloud.connection.copyIn?.(ref, "/tmp", empty as unknown as Readable, signal);
    expect((await driverError(refused ?? Promise.resolve())).kind).toBe("permanent");
  });

  it("tells strangers from its own, and another Rostrum's from both", async () => {
    const ref = cloud.ref();
    await applied(cloud.connection, ref, desired({ image: cloud.images.busybox, stop_signal: "SIGKILL" }));
    const stranger = await cloud.engine.docker.createContainer({ Image: cloud.images.busybox });
    const other = await cloud.open({}, "cld_other");
    try {
      const found = new Map<string, unknown>();
      for await (const entry of cloud.connection.discover(AbortSignal.timeout(20_000))) {
        found.set(entry.externalId, entry.ref);
        expect(entry.otherCloudId && entry.ref).toBeFalsy();
      }
      expect(found.get(containerName(ref))).toEqual(ref);
      const name = (await stranger.inspect()).Name.slice(1);
      expect(found.get(name)).toBeNull();
      for await (const entry of other.discover(AbortSignal.timeout(20_000))) expect(entry.ref).toBeNull();
      for await (const entry of other.discover(AbortSignal.timeout(20_000))) {
        if (entry.externalId === containerName(ref)) expect(entry.otherCloudId).toBe(cloud.cloudId);
        if (entry.externalId === name) expect(entry.otherCloudId).toBeUndefined();
      }
    } finally {
      await stranger.remove({ force: true });
      await other.close();
    }
  });
});
