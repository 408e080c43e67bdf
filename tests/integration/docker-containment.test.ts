import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { ContainerInspectInfo } from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CloudConnection, ComponentRef } from "@/lib/clouds/contract";
import { defaultCapabilities } from "@/lib/clouds/docker/capabilities";
import { balancerName, containerName } from "@/lib/clouds/docker/names";
import { hasDocker } from "../support/docker";
import {
  applied,
  context,
  type DockerTestCloud,
  desired,
  driverError,
  leftovers,
  openDockerTestCloud,
  webServer,
} from "../support/docker-cloud";
import { canBuildImages } from "../support/docker-images";

const runs = (await hasDocker()) && canBuildImages();

type Host = ContainerInspectInfo["HostConfig"] & { CgroupnsMode?: string };

describe.skipIf(!runs)("what a container of the docker cloud can do", () => {
  let cloud: DockerTestCloud;
  beforeAll(async () => {
    cloud = await openDockerTestCloud();
  });
  afterAll(async () => cloud?.close());

  const inspect = (name: string) => cloud.engine.docker.getContainer(name).inspect();
  const sleeper = (more: Record<string, unknown> = {}) =>
    desired({ image: cloud.images.busybox, command: ["sleep", "86400"], stop_signal: "SIGKILL", ...more });

  async function run(ref: ComponentRef, script: string, connection: CloudConnection = cloud.connection) {
    const command = ["sh", "-c", script];
    const result = await connection.exec?.(ref, { command, timeoutMs: 30_000 });
    if (!result) throw new Error("the docker cloud runs commands");
    return { ...result, said: (result.stdout + result.stderr).trim() };
  }

  /** What holds for every container, whatever it is for. */
  function expectContained(host: Host, added: readonly string[], pidsLimit = 1_024) {
    expect(host).toMatchObject({
      Privileged: false,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges:true"],
      PidsLimit: pidsLimit,
      IpcMode: "private",
      PidMode: "",
      UTSMode: "",
      UsernsMode: "",
      CgroupnsMode: "private",
      PublishAllPorts: false,
      RestartPolicy: { Name: "no" },
      LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
    });
    expect(((host.CapAdd ?? []) as string[]).map((name) => name.replace("CAP_", "")).sort()).toEqual(
      [...added].sort(),
    );
    const nothing = [host.Binds, host.VolumesFrom, host.Devices, host.DeviceRequests, host.ExtraHosts];
    for (const list of nothing) expect(list ?? []).toEqual([]);
    expect(Object.keys(host.Sysctls ?? {})).toEqual([]);
    expect(host.Ulimits).toEqual(
      expect.arrayContaining([
        { Name: "nofile", Soft: 16_384, Hard: 16_384 },
        { Name: "core", Soft: 0, Hard: 0 },
      ]),
    );
    // The engine's own masks are in force.
    expect(host.MaskedPaths).toContain("/proc/kcore");
    expect(host.ReadonlyPaths).toContain("/proc/sys");
  }

  it("is bounded for components and balancers, by what the engine says of them", async () => {
    const ref = cloud.ref();
    const wanted = desired(
      webServer(cloud.images.busybox, "hello", { volumes: ["data:/data"], tmpfs: ["/run"] }),
      { replicas: 2 },
    );
    await applied(cloud.connection, ref, wanted);
    for (const name of [containerName(ref), containerName(ref, 2)]) {
      const { HostConfig: host } = await inspect(name);
      expectContained(host as Host, defaultCapabilities);
      expect(host.Memory).toBe(64 * 2 ** 20);
      expect(host.MemorySwap).toBe(host.Memory);
      expect(host.NetworkMode).toMatch(/^[0-9a-f]{64}$/);
      expect(host.Mounts?.map((mount) => mount.Type)).toEqual(["volume"]);
      expect(host.Tmpfs).toEqual({ "/run": "nosuid,nodev" });
    }
    const { HostConfig: host } = await inspect(balancerName(ref));
    expectContained(host as Host, []);
    expect(host.MemorySwap).toBe(host.Memory);
    const bindings = Object.values(host.PortBindings as Record<string, { HostIp: string }[]>).flat();
    expect(bindings.map((one) => one.HostIp)).toEqual(["127.0.0.1"]);

    const status = await run(ref, "grep -E '^(CapBnd|CapEff|NoNewPrivs|Seccomp):' /proc/self/status");
    expect(status.said).toMatch(/NoNewPrivs:\s+1/);
    expect(status.said).toMatch(/Seccomp:\s+2/);
    // CHOWN 0, DAC_OVERRIDE 1, FOWNER 3, KILL 5, SETGID 6, SETUID 7, SETPCAP 8, NET_BIND_SERVICE 10
    expect(status.said).toMatch(/CapBnd:\s+00000000000005eb/);
    const limits = await run(ref, "ulimit -n; ulimit -c");
    expect(limits.stdout.split("\n").slice(0, 2)).toEqual(["16384", "0"]);
  });

  it("drops what the template drops, adds back what is harmless, and is read-only where it is asked", async () => {
    const ref = cloud.ref();
    await applied(
      cloud.connection,
      ref,
      sleeper({ cap_drop: ["ALL"], cap_add: ["NET_BIND_SERVICE"], read_only: true, user: "1000:1000" }),
    );
    const { HostConfig: host, Config } = await inspect(containerName(ref));
    expectContained(host as Host, ["NET_BIND_SERVICE"]);
    expect(host.ReadonlyRootfs).toBe(true);
    expect(Config.User).toBe("1000:1000");
    const status = await run(ref, "touch /mark; grep CapEff: /proc/self/status; id -u");
    expect(status.said).toContain("Read-only file system");
    expect(status.said).toMatch(/CapEff:\s+0{16}/);
  });

  it("keeps helpers of a copy as narrow", async () => {
    const ref = cloud.ref();
    await applied(cloud.connection, ref, sleeper({ volumes: ["data:/data"] }));
    await run(ref, "echo kept > /data/note; chown 4711 /data/note; chmod 600 /data/note");
    const seen: Host[] = [];
    const events = (await cloud.engine.docker.getEvents({
      filters: JSON.stringify({ type: ["container"], event: ["create"], label: ["rostrum.role=helper"] }),
    })) as NodeJS.ReadableStream & { destroy(): void };
    const watching = (async () => {
      for await (const line of events) {
        const { id } = JSON.parse(line.toString()) as { id: string };
        const found = await inspect(id).catch(() => null);
        if (found) seen.push(found.HostConfig as Host);
      }
    })().catch(() => undefined);
    const signal = AbortSignal.timeout(60_000);
    const out = await cloud.connection.copyOut?.(ref, "data", signal);
    if (!out) throw new Error("the docker cloud copies");
    const tar = await buffer(out);
    await cloud.connection.copyIn?.(ref, "data", Readable.from(tar), signal);
    events.destroy();
    await watching;
    expect((await run(ref, "cat /data/note; stat -c '%u %a' /data/note")).stdout).toBe("kept\n4711 600\n");
    expect(seen.length).toBeGreaterThan(0);
    for (const host of seen) {
      expectContained(host, ["CHOWN", "DAC_OVERRIDE", "FOWNER"], 64);
      expect(host).toMatchObject({ Memory: 256 * 2 ** 20, MemorySwap: 256 * 2 ** 20, NanoCpus: 1e9 });
      expect(host.NetworkMode).toBe("none");
    }
  });

  it("refuses hostile wishes with a sentence, at plan time and again at the change, and makes nothing", async () => {
    const ref = cloud.ref();
    const hostile: Record<string, unknown>[] = [
      { privileged: true },
      { cap_add: ["ALL"] },
      { cap_add: ["SYS_ADMIN"] },
      { cap_add: ["cap_net_raw"] },
      { pid: "host" },
      { ipc: "host" },
      { uts: "host" },
      { userns_mode: "host" },
      { cgroup: "host" },
      { cgroup_parent: "/" },
      { network_mode: "host" },
      { network_mode: `container:${containerName(ref)}` },
      { volumes: ["/var/run/docker.sock:/var/run/docker.sock"] },
      { volumes: ["/:/host"] },
      { volumes_from: ["other"] },
      { use_api_socket: true },
      { devices: ["/dev/sda:/dev/sda"] },
      { device_cgroup_rules: ["a *:* rwm"] },
      { gpus: "all" },
      { security_opt: ["seccomp:unconfined", "apparmor:unconfined"] },
      { sysctls: { "kernel.core_pattern": "|/tmp/x" } },
      { runtime: "other" },
      { extra_hosts: ["host.docker.internal:host-gateway"] },
      { dns: ["10.0.0.1"] },
      { group_add: ["docker"] },
      { pids_limit: -1 },
      { oom_kill_disable: true },
      { oom_score_adj: -1000 },
      { ulimits: { core: -1 } },
      { restart: "always" },
      { logging: { driver: "none" } },
      { tmpfs: ["/run:exec,suid"] },
      { labels: { "rostrum.environment": "other" } },
      { image: "sha256:0000000000000000000000000000000000000000000000000000000000000000" },
      { image: `${cloud.images.busybox} evil` },
    ];
    for (const ask of hostile) {
      const wanted = sleeper(ask);
      const problems = await cloud.connection.validate(wanted);
      expect(problems, JSON.stringify(ask)).toHaveLength(1);
      expect(problems[0]?.message, JSON.stringify(ask)).toMatch(/\w+ \w+ \w+/);
      const error = await driverError(cloud.connection.apply(ref, "create", wanted, context()));
      expect(error.kind, JSON.stringify(ask)).toBe("permanent");
    }
    expect(await leftovers(cloud.engine.docker, ref.environmentId)).toEqual([]);
  });

  it("stops a fork bomb at its limit, while the engine and the neighbor continue", async () => {
    const connection = await cloud.open({ pidsLimit: 40 });
    const ref = cloud.ref();
    const neighbor = cloud.ref("db", ref.environmentId);
    await applied(connection, ref, sleeper());
    await applied(connection, neighbor, sleeper());
    const bomb = await run(
      ref,
      "i=0; while [ $i -lt 200 ]; do sleep 20 & i=$((i+1)); done; wait",
      connection,
    ).catch((error: Error) => ({ said: error.message }));
    expect(bomb.said).toMatch(/fork|Resource temporarily unavailable/i);
    expect((await run(neighbor, "echo fine", connection)).stdout).toBe("fine\n");
    await connection.close();
  });

  it("lets no set-user-ID program raise anybody", async () => {
    const command = ["sh", "-c", "cp /usr/bin/node /data/node && chmod 4755 /data/node && exec sleep 86400"];
    const whoAmI = `su app -s /bin/sh -c '/data/node -p "String(process.geteuid())"'`;
    const ref = cloud.ref();
    await applied(
      cloud.connection,
      ref,
      sleeper({ image: cloud.images.node, command, volumes: ["data:/data"] }),
    );
    expect((await run(ref, "stat -c %a /data/node")).stdout).toBe("4755\n");
    expect((await run(ref, whoAmI)).said).toBe("1000");

    // The same in a container that no one contained, so that the test would see a difference.
    const control = await cloud.engine.docker.createContainer({
      Image: cloud.images.node,
      Entrypoint: ["sh", "-c", `cp /usr/bin/node /data/node && chmod 4755 /data/node && ${whoAmI}`],
      Tty: true,
    });
    await control.start();
    await control.wait();
    const said = (await control.logs({ stdout: true, stderr: true })).toString().trim();
    await control.remove({ force: true });
    expect(said).toBe("0");
  });

  it("cannot mount, trace the host, make devices, load modules or change the kernel", async () => {
    const ref = cloud.ref();
    await applied(cloud.connection, ref, sleeper());
    const tries = [
      "mount -t tmpfs none /mnt",
      "mknod /tmp/disk b 8 0",
      "mknod /tmp/mem c 1 1",
      "hostname other",
      "echo 1 > /proc/sys/kernel/core_pattern",
      "echo b > /proc/sysrq-trigger",
      "chroot / true",
      "unshare -m true",
      "ping -c 1 -W 1 127.0.0.1",
      "dmesg",
      "ip link add x type dummy",
      "nice -n -5 true",
    ];
    for (const command of tries) {
      expect((await run(ref, command)).exitCode, command).not.toBe(0);
    }
    // busybox says what went wrong and ends well all the same.
    expect((await run(ref, `date -s "$(date '+%F %T')"`)).said).toContain("Operation not permitted");
    // Its own processes and no other.
    expect((await run(ref, "ls /proc | grep -c '^[0-9]'")).stdout.trim()).toMatch(/^[1-9]$/);
    expect((await run(ref, "ls /var/run/docker.sock /dev/sda /dev/kmsg 2>/dev/null")).stdout).toBe("");
  });

  it("reaches its neighbor, and neither another environment nor the loopback of the host", async () => {
    const here = cloud.ref();
    const neighbor = cloud.ref("db", here.environmentId);
    const elsewhere = cloud.ref();
    await applied(cloud.connection, neighbor, desired(webServer(cloud.images.busybox, "mine")));
    const seen = await applied(
      cloud.connection,
      elsewhere,
      desired(webServer(cloud.images.busybox, "other's")),
    );
    await applied(cloud.connection, here, sleeper({ image: cloud.images.node }));
    const addressOf = async (ref: ComponentRef) => {
      const networks = Object.values((await inspect(containerName(ref))).NetworkSettings.Networks);
      expect(networks).toHaveLength(1);
      return networks[0]?.IPAddress ?? "";
    };
    const get = (address: string) => {
      const call = `fetch("http://${address}/", { signal: AbortSignal.timeout(2000) })`;
      return run(here, `node -e '${call}.then((answer) => answer.text()).then(console.log)'`);
    };
    expect((await run(here, "nslookup db")).stdout).toContain(await addressOf(neighbor));
    expect((await get("db:8080")).stdout).toBe("mine\n");
    expect((await get(`${await addressOf(elsewhere)}:8080`)).exitCode).not.toBe(0);
    const published = seen.external.ports["8080"];
    expect((await get(`127.0.0.1:${published}`)).exitCode).not.toBe(0);
    const gateway = (await run(here, "ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p'")).stdout.trim();
    expect(gateway).toMatch(/^\d+\./);
    // Published on the host's loopback alone, so not on the bridge's address either.
    expect((await get(`${gateway}:${published}`)).exitCode).not.toBe(0);
    expect((await run(here, "nslookup host.docker.internal")).exitCode).not.toBe(0);
  });
});
