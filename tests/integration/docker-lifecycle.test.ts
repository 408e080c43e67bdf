import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { containerName } from "@/lib/clouds/docker/names";
import { digestOf } from "@/lib/kernel/canonical";
import { newId } from "@/lib/kernel/ids";
import { hasDocker } from "../support/docker";
import {
  applied,
  context,
  type DockerTestCloud,
  desired,
  driverError,
  leftovers,
  openDockerTestCloud,
  textOf,
  webServer,
} from "../support/docker-cloud";
import { canBuildImages } from "../support/docker-images";

const runs = (await hasDocker()) && canBuildImages();

describe.skipIf(!runs)("the docker cloud: life of a component", () => {
  let cloud: DockerTestCloud;
  beforeAll(async () => {
    cloud = await openDockerTestCloud();
  });
  afterAll(async () => cloud?.close());

  const everything = (environmentId: string) => leftovers(cloud.engine.docker, environmentId);

  it("creates, answers, is found, and leaves nothing when removed", async () => {
    const ref = cloud.ref();
    const ctx = context();
    const wanted = desired(
      webServer(cloud.images.busybox, "hello", { volumes: ["data:/data"], expose: [9000] }),
    );
    const seen = await applied(cloud.connection, ref, wanted, { ctx });

    expect(seen).toMatchObject({
      present: true,
      externalId: containerName(ref),
      status: "running",
      appliedKey: ctx.idempotencyKey,
      appliedDigest: digestOf(wanted),
      internal: { host: "web", ports: { "8080": 8080, "9000": 9000 } },
      replicas: { desired: 1, running: 1 },
    });
    expect(await textOf(seen.url)).toBe("hello");
    expect(await cloud.connection.observe(ref)).toEqual(seen);
    const found = await everything(ref.environmentId);
    expect(found.map((entry) => entry.split(" ")[0]).sort()).toEqual([
      "container",
      "network",
      "volume",
      "volume",
    ]);

    expect(await cloud.connection.remove(ref, context())).toEqual({ state: "done" });
    expect(await cloud.connection.observe(ref)).toEqual({ present: false });
    expect(await everything(ref.environmentId)).toEqual([]);
    expect(await cloud.connection.remove(ref, context())).toEqual({ state: "done" });
  });

  it("applies twice with one key without making anything twice", async () => {
    const ref = cloud.ref();
    const wanted = desired(webServer(cloud.images.busybox, "once"));
    const ctx = context();
    const first = await applied(cloud.connection, ref, wanted, { ctx });
    const second = await applied(cloud.connection, ref, wanted, { ctx });
    expect(second.attributes.containerId).toBe(first.attributes.containerId);
    expect(second.url).toBe(first.url);
  });

  it("adopts and starts what a crash left between create and start, with its files", async () => {
    const ref = cloud.ref();
    const key = newId("step");
    const file = { path: "index.html", content: Buffer.from("from a file"), executable: false };
    const wanted = desired({
      image: cloud.images.busybox,
      command: ["httpd", "-f", "-p", "8080", "-h", "/site"],
      ports: ["8080"],
      files: { "/site": "site" },
    });
    const died = context(key, { site: [file] });
    // The worker dies when it is about to read the files: the container exists, never started.
    const crash = { ...died, files: { ...died.files, list: () => Promise.reject(new Error("killed")) } };
    await expect(cloud.connection.apply(ref, "create", wanted, crash)).rejects.toThrow("killed");
    const between = await cloud.connection.observe(ref);
    expect(between).toMatchObject({ present: true, status: "creating", appliedKey: null });

    const seen = await applied(cloud.connection, ref, wanted, { ctx: died });
    expect(seen).toMatchObject({ status: "running", appliedKey: key });
    expect(await textOf(seen.url)).toBe("from a file");
    expect((await everything(ref.environmentId)).filter((name) => name.startsWith("container"))).toHaveLength(
      1,
    );
  });

  it("changes limits in place", async () => {
    const ref = cloud.ref();
    const before = desired(webServer(cloud.images.busybox, "small"));
    const after = { ...before, size: { cpu: 0.25, memoryBytes: 96 * 2 ** 20, storageBytes: 0 } };
    const first = await applied(cloud.connection, ref, before);
    expect(cloud.connection.decideChange(before, after)).toMatchObject({
      action: "update",
      disruptive: false,
    });
    const ctx = context();
    const second = await applied(cloud.connection, ref, after, { action: "update", ctx });
    expect(second.attributes).toMatchObject({
      containerId: first.attributes.containerId,
      startedAt: first.attributes.startedAt,
      cpuLimit: 0.25,
      memoryLimitBytes: 96 * 2 ** 20,
    });
    expect(second).toMatchObject({ appliedKey: ctx.idempotencyKey, appliedDigest: digestOf(after) });
  });

  it("makes the container again for other changes, keeping data and address", async () => {
    const ref = cloud.ref();
    const spec = (text: string) => webServer(cloud.images.busybox, text, { volumes: ["data:/data"] });
    const first = await applied(cloud.connection, ref, desired(spec("one")));
    await cloud.connection.exec?.(ref, { command: ["sh", "-c", "echo kept > /data/f"], timeoutMs: 10_000 });
    expect(cloud.connection.decideChange(desired(spec("one")), desired(spec("two")))).toMatchObject({
      action: "update",
      disruptive: true,
    });
    const second = await applied(cloud.connection, ref, desired(spec("two")), { action: "update" });
    expect(second.attributes.containerId).not.toBe(first.attributes.containerId);
    expect(second.url).toBe(first.url);
    expect(await textOf(second.url)).toBe("two");
    const kept = await cloud.connection.exec?.(ref, { command: ["cat", "/data/f"], timeoutMs: 10_000 });
    expect(kept).toMatchObject({ exitCode: 0, stdout: "kept\n" });
    expect((await everything(ref.environmentId)).filter((name) => name.startsWith("container"))).toHaveLength(
      1,
    );
  });

  it("brings the old container back when the new one does not start", async () => {
    const ref = cloud.ref();
    const good = desired(webServer(cloud.images.busybox, "good"));
    const first = await applied(cloud.connection, ref, good);
    const bad = desired({ ...good.spec, command: ["sh", "-c", "echo broken config; exit 3"] });
    const error = await driverError(cloud.connection.apply(ref, "update", bad, context()));
    expect(error.kind).toBe("permanent");
    expect(error.message).toMatch(/exit code 3[\s\S]*broken config[\s\S]*previous containers are running/);
    const now = await cloud.connection.observe(ref);
    expect(now).toMatchObject({
      status: "running",
      appliedKey: first.appliedKey,
      appliedDigest: first.appliedDigest,
    });
    expect(await textOf(first.url)).toBe("good");
  });

  it("continues with a replacement that was cut off half way", async () => {
    const ref = cloud.ref();
    const before = desired(webServer(cloud.images.busybox, "before"));
    const first = await applied(cloud.connection, ref, before);
    const after = desired(webServer(cloud.images.busybox, "after", { files: { "/x": "x" } }));
    const key = newId("step");
    const good = context(key, { x: [{ path: "f", content: Buffer.from("f"), executable: false }] });
    const crash = { ...good, files: { ...good.files, list: () => Promise.reject(new Error("killed")) } };
    await expect(cloud.connection.apply(ref, "update", after, crash)).rejects.toThrow("killed");
    expect(await cloud.connection.observe(ref)).toMatchObject({
      present: true,
      appliedKey: first.appliedKey,
    });
    const second = await applied(cloud.connection, ref, after, { action: "update", ctx: good });
    expect(second.url).toBe(first.url);
    expect(await textOf(second.url)).toBe("after");
    expect((await everything(ref.environmentId)).filter((name) => name.startsWith("container"))).toHaveLength(
      1,
    );
  });

  it("replaces with fresh volumes, and only once per key", async () => {
    const ref = cloud.ref();
    const spec = webServer(cloud.images.busybox, "data", { volumes: ["data:/data"] });
    await applied(cloud.connection, ref, desired(spec));
    const run = (script: string) =>
      cloud.connection.exec?.(ref, { command: ["sh", "-c", script], timeoutMs: 10_000 });
    await run("echo old > /data/f");
    expect(cloud.connection.decideChange(desired(spec), desired({ ...spec, volumes: [] }))).toMatchObject({
      action: "update",
      reason: expect.stringContaining("is deleted with its data"),
    });
    const ctx = context();
    await applied(cloud.connection, ref, desired(spec), { action: "replace", ctx });
    expect(await run("ls /data")).toMatchObject({ stdout: "" });
    await run("echo new > /data/f");
    await applied(cloud.connection, ref, desired(spec), { action: "replace", ctx });
    expect(await run("cat /data/f")).toMatchObject({ stdout: "new\n" });
  });

  it("observes a killed container as failed and recovers it with the same data and address", async () => {
    const ref = cloud.ref();
    const seen = await applied(cloud.connection, ref, desired(webServer(cloud.images.busybox, "alive")));
    await cloud.engine.docker.getContainer(containerName(ref)).kill();
    const dead = await cloud.connection.observe(ref);
    expect(dead).toMatchObject({ status: "failed", replicas: { desired: 1, running: 0 } });
    expect(dead.present && dead.message).toMatch(/exit code 137/);
    const back = await cloud.connection.recover(ref, context());
    expect(back).toMatchObject({ status: "running", url: seen.url });
    expect(await textOf(seen.url)).toBe("alive");
    const again = await cloud.connection.recover(ref, context());
    expect(again.present && again.attributes.startedAt).toBe(back.present && back.attributes.startedAt);
  });

  it("stops on purpose without looking dead, and starts again", async () => {
    const ref = cloud.ref();
    const seen = await applied(cloud.connection, ref, desired(webServer(cloud.images.busybox, "pause")));
    await cloud.connection.stop?.(ref, context());
    expect(await cloud.connection.observe(ref)).toMatchObject({
      status: "stopped",
      replicas: { running: 0 },
    });
    expect(await cloud.connection.start?.(ref, context())).toMatchObject({
      status: "running",
      url: seen.url,
    });
    expect(await textOf(seen.url)).toBe("pause");
  });

  it("lets neighbors find each other by component name, environments apart", async () => {
    const web = cloud.ref("web");
    const asker = cloud.ref("asker", web.environmentId);
    const stranger = cloud.ref("stranger");
    await applied(cloud.connection, web, desired(webServer(cloud.images.busybox, "neighbor")));
    const idle = desired(
      { image: cloud.images.node, command: ["sleep", "600"], stop_signal: "SIGKILL" },
      { size: { cpu: 0.5, memoryBytes: 256 * 2 ** 20, storageBytes: 0 } },
    );
    await Promise.all([applied(cloud.connection, asker, idle), applied(cloud.connection, stranger, idle)]);
    const script = "fetch('http://web:8080/').then((r) => r.text()).then((t) => process.stdout.write(t))";
    const command = ["node", "-e", script];
    expect(await cloud.connection.exec?.(asker, { command, timeoutMs: 20_000 })).toMatchObject({
      stdout: "neighbor",
    });
    const apart = await cloud.connection.exec?.(stranger, { command, timeoutMs: 20_000 });
    expect(apart?.exitCode).not.toBe(0);
    await cloud.connection.remove(web, context());
    expect((await everything(web.environmentId)).some((name) => name.startsWith("network"))).toBe(true);
    await cloud.connection.remove(asker, context());
    expect(await everything(web.environmentId)).toEqual([]);
  });
});
