import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type Dockerode from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CloudConnection, ComponentRef } from "@/lib/clouds/contract";
import { defaultCapabilities } from "@/lib/clouds/docker/capabilities";
import {
  balancerName,
  containerName,
  earlierVolumeName,
  labels,
  refLabels,
  volumeName,
} from "@/lib/clouds/docker/names";
import { hasDocker } from "../support/docker";
import {
  applied,
  context,
  type DockerTestCloud,
  desired,
  driverError,
  openDockerTestCloud,
  webServer,
} from "../support/docker-cloud";
import { canBuildImages } from "../support/docker-images";

const runs = (await hasDocker()) && canBuildImages();
const signal = () => AbortSignal.timeout(60_000);

describe.skipIf(!runs)("the docker cloud's rules over what exists", () => {
  let cloud: DockerTestCloud;
  const cloudId = "cld_policy";
  beforeAll(async () => {
    cloud = await openDockerTestCloud();
  });
  afterAll(async () => cloud?.close());

  const docker = () => cloud.engine.docker;
  const inspect = (name: string) => docker().getContainer(name).inspect();
  const sleeper = (more: Record<string, unknown> = {}) =>
    desired({ image: cloud.images.busybox, command: ["sleep", "86400"], stop_signal: "SIGKILL", ...more });

  async function run(ref: ComponentRef, script: string, connection: CloudConnection = cloud.connection) {
    const result = await connection.exec?.(ref, { command: ["sh", "-c", script], timeoutMs: 30_000 });
    if (result?.exitCode !== 0) throw new Error(`${script}: ${JSON.stringify(result)}`);
    return result.stdout;
  }

  /** A container as an earlier version or someone by hand made it, stopped. */
  async function earlierContainer(ref: ComponentRef, host: Record<string, unknown>) {
    const found = await docker().createContainer({
      name: containerName(ref),
      Image: cloud.images.busybox,
      Cmd: ["sleep", "86400"],
      StopSignal: "SIGKILL",
      Labels: {
        ...refLabels(cloudId, ref, "component"),
        [labels.replica]: "1",
        [labels.shape]: "earlier",
        [labels.image]: cloud.images.busybox,
      },
      HostConfig: host as Dockerode.HostConfig,
    });
    return found.id;
  }

  it("starts nothing that could not be made now, and the next change recreates it", async () => {
    for (const host of [{ Privileged: true }, { Binds: ["/:/host"] }, { PidMode: "host" }, {}]) {
      const ref = cloud.ref();
      const id = await earlierContainer(ref, host);
      for (const call of ["start", "restart"] as const) {
        const error = await driverError(cloud.connection[call]?.(ref, context()) ?? Promise.resolve());
        expect(error).toMatchObject({
          kind: "permanent",
          hint: "Update the environment to recreate this container.",
        });
        expect(error.message).toContain("Couldn't start container");
      }
      expect((await inspect(id)).State.StartedAt, JSON.stringify(host)).toMatch(/^0001/);
      const seen = await cloud.connection.observe(ref);
      expect(seen).toMatchObject({ attributes: { outdated: expect.stringContaining("earlier version") } });
      const after = await applied(cloud.connection, ref, sleeper(), { action: "update" });
      expect(after).toMatchObject({ status: "running", attributes: { outdated: null } });
      await cloud.connection.stop?.(ref, context());
      expect(await cloud.connection.start?.(ref, context())).toMatchObject({ status: "running" });
    }
  });

  it("judges a start by the cloud's present settings", async () => {
    const ref = cloud.ref();
    const loose = await cloud.open({ allowCapabilities: ["SYS_NICE"], allowedLabels: ["team."] });
    await applied(loose, ref, sleeper({ cap_add: ["SYS_NICE"], labels: { "team.name": "a" } }));
    const stricter: [Record<string, unknown>, RegExp][] = [
      [{ allowCapabilities: [], allowedLabels: ["team."] }, /capability/],
      [{ allowCapabilities: ["SYS_NICE"] }, /label team\.name/],
      [{ allowCapabilities: ["SYS_NICE"], allowedLabels: ["team."], allowedImages: ["postgres:*"] }, /image/],
      [{ allowCapabilities: ["SYS_NICE"], allowedLabels: ["team."], requireDigest: true }, /digest/],
      [{ allowCapabilities: ["SYS_NICE"], allowedLabels: ["team."], refuseRootUser: true }, /root/],
    ];
    await docker().getContainer(containerName(ref)).kill();
    for (const [settings, message] of stricter) {
      const connection = await cloud.open(settings);
      const error = await driverError(connection.restart(ref, context()));
      expect(error.kind).toBe("permanent");
      expect(error.message).toMatch(message);
      await connection.close();
    }
    // A lower limit of processes takes effect in place.
    const same = { allowCapabilities: ["SYS_NICE"], allowedLabels: ["team."], pidsLimit: 50 };
    const connection = await cloud.open(same);
    expect(await connection.restart(ref, context())).toMatchObject({ status: "running" });
    expect((await inspect(containerName(ref))).HostConfig.PidsLimit).toBe(50);
    await connection.close();
    await loose.close();
  });

  it("adds a capability when the administrator says so", async () => {
    const ref = cloud.ref();
    const connection = await cloud.open({ allowCapabilities: ["SYS_NICE"], pidsLimit: 64 });
    await applied(connection, ref, sleeper({ cap_add: ["CAP_SYS_NICE"] }));
    const { HostConfig: host } = await inspect(containerName(ref));
    expect(host.CapAdd).toHaveLength(defaultCapabilities.length + 1);
    expect(host.PidsLimit).toBe(64);
    await connection.close();
  });

  it("limits a component without a size, and counts it", async () => {
    const ref = cloud.ref();
    const connection = await cloud.open({ defaultCpu: 0.5, defaultMemory: "48Mi" });
    await applied(connection, ref, { ...sleeper(), size: { cpu: 0, memoryBytes: 0, storageBytes: 0 } });
    expect((await inspect(containerName(ref))).HostConfig).toMatchObject({
      Memory: 48 * 2 ** 20,
      MemorySwap: 48 * 2 ** 20,
      NanoCpus: 5e8,
    });
    await connection.close();
  });

  it("brings new limits to containers and balancers with the next change", async () => {
    const ref = cloud.ref();
    const wanted = desired(webServer(cloud.images.busybox, "x"), { replicas: 2 });
    await applied(cloud.connection, ref, wanted);
    const connection = await cloud.open({ openFilesLimit: 4_096, pidsLimit: 77 });
    expect(await connection.observe(ref)).toMatchObject({ attributes: { outdated: expect.any(String) } });
    await applied(connection, ref, wanted, { action: "update" });
    for (const name of [containerName(ref), containerName(ref, 2), balancerName(ref)]) {
      const { HostConfig: host } = await inspect(name);
      expect(host.PidsLimit, name).toBe(77);
      expect(host.Ulimits, name).toContainEqual({ Name: "nofile", Soft: 4_096, Hard: 4_096 });
    }
    await connection.close();
  });

  it("restores with the administrator's image, so that a component's image never runs as root", async () => {
    const ref = cloud.ref();
    const connection = await cloud.open({ refuseRootUser: true });
    const spec = { user: "1000", volumes: ["data:/data"] };
    await applied(cloud.connection, ref, sleeper({ volumes: ["data:/data"] }));
    await run(ref, "echo kept > /data/note; chown -R 1000 /data");
    await applied(connection, ref, sleeper(spec), { action: "update" });
    const started: { Image: string; User: string }[] = [];
    const events = (await docker().getEvents({
      filters: JSON.stringify({ type: ["container"], event: ["start"], label: ["rostrum.role=helper"] }),
    })) as NodeJS.ReadableStream & { destroy(): void };
    events.on("data", (line: Buffer) => {
      const { Actor } = JSON.parse(line.toString()) as { Actor: { Attributes: Record<string, string> } };
      started.push({ Image: Actor.Attributes.image ?? "", User: "0" });
    });
    const out = await connection.copyOut?.(ref, "data", signal());
    if (!out) throw new Error("the docker cloud copies");
    const tar = await buffer(out);
    await run(ref, "echo changed > /data/note", connection);
    await connection.copyIn?.(ref, "data", Readable.from([tar]), signal());
    events.destroy();
    expect(await run(ref, "cat /data/note", connection)).toBe("kept\n");
    expect(started.map((one) => one.Image)).toEqual([cloud.images.node]);

    const without = await cloud.open({ refuseRootUser: true, balancerImage: "127.0.0.1:1/none:1" });
    const refused = without.copyIn?.(ref, "data", Readable.from([tar]), signal());
    expect(await driverError(refused ?? Promise.resolve())).toMatchObject({ kind: "permanent" });
    expect(await run(ref, "cat /data/note", connection)).toBe("kept\n");
    await without.close();
    await connection.close();
  });

  it("keeps volumes of components apart whose names meet, and finds those of earlier versions", async () => {
    const first = cloud.ref("a-b");
    const second = cloud.ref("a", first.environmentId);
    // An earlier version made this one: its data stays in use.
    const name = earlierVolumeName(first, "c");
    await docker().createVolume({
      Name: name,
      Labels: { ...refLabels(cloudId, first, "volume"), [labels.volume]: "c" },
    });
    await applied(cloud.connection, first, sleeper({ volumes: ["c:/data"] }));
    expect((await inspect(containerName(first))).Mounts[0]?.Name).toBe(name);
    await run(first, "echo first > /data/note");
    await applied(cloud.connection, second, sleeper({ volumes: ["b-c:/data"] }));
    expect((await inspect(containerName(second))).Mounts[0]?.Name).toBe(volumeName(second, "b-c"));
    expect(await run(second, "ls /data")).toBe("");
    const out = await cloud.connection.copyOut?.(first, "c", signal());
    if (!out) throw new Error("the docker cloud copies");
    expect((await buffer(out)).includes("first\n")).toBe(true);
    await cloud.connection.remove(second, context());
    expect(await run(first, "cat /data/note")).toBe("first\n");
  });

  it("passes on no label of the image to programs on the host", async () => {
    const made = await docker().createContainer({ Image: cloud.images.busybox });
    const image = "rostrum-test/labelled:1";
    await made.commit({
      repo: "rostrum-test/labelled",
      tag: "1",
      changes: "LABEL traefik.enable=true app.kept=yes rostrum.record=x",
    });
    const ref = cloud.ref();
    await applied(cloud.connection, ref, sleeper({ image, labels: { "app.team": "a" } }));
    const { Labels: own } = (await inspect(containerName(ref))).Config;
    expect(own).toMatchObject({
      "traefik.enable": "",
      "rostrum.record": "",
      "app.kept": "yes",
      "app.team": "a",
    });
    await cloud.connection.remove(ref, context());
    await made.remove({ force: true });
    await docker().getImage(image).remove({ force: true });
  });

  it("removes a container that the engine can't stop in time", async () => {
    const ref = cloud.ref();
    const wanted = sleeper({
      command: ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"],
      stop_signal: "SIGTERM",
      stop_grace_period: "2s",
    });
    await applied(cloud.connection, ref, wanted);
    const startedAt = Date.now();
    await cloud.connection.remove(ref, context());
    expect(Date.now() - startedAt).toBeLessThan(20_000);
    expect(await cloud.connection.observe(ref)).toEqual({ present: false });
  });

  it("reports what the engine holds containers back with", async () => {
    const { facts } = await cloud.connection.check();
    expect(facts).toMatchObject({ limitsMemory: "yes", seccomp: "default", appArmor: expect.any(String) });
  });
});
