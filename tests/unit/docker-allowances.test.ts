import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DesiredComponent } from "@/lib/clouds/contract";
import { allowancesOf, bodyOf, containerRules, judgeAsked } from "@/lib/clouds/docker/allowances";
import { replicaBody } from "@/lib/clouds/docker/body";
import { defaultCapabilities, linuxCapabilities } from "@/lib/clouds/docker/capabilities";
import { dockerConfigSchema } from "@/lib/clouds/docker/config";
import { contained } from "@/lib/clouds/docker/contained";
import type { DockerCloud } from "@/lib/clouds/docker/engine";
import { requireContained } from "@/lib/clouds/docker/last-look";
import { helperLimits, sizeOf } from "@/lib/clouds/docker/limits";
import { labels, refLabels, volumeName } from "@/lib/clouds/docker/names";
import { readPlan, requirePlan } from "@/lib/clouds/docker/spec";
import { unsupportedComposeKeys } from "@/lib/engine/template/compose-keys";
import { containerSchema } from "@/lib/engine/template/schema-implementations";

const config = (given: Record<string, unknown> = {}) => dockerConfigSchema.parse(given);

function desired(spec: Record<string, unknown>): DesiredComponent {
  return {
    kind: "container",
    replicas: 1,
    size: { cpu: 0.5, memoryBytes: 64 * 2 ** 20, storageBytes: 0 },
    spec: { image: "team/app:1", ...spec },
    filesDigest: "sha256:none",
    health: null,
  };
}

const ref = { environmentId: "env-1", environmentName: "test", component: "web" };
const image = { name: "team/app:1", reference: `docker.io/team/app@sha256:${"a".repeat(64)}` };

function making(spec: Record<string, unknown>, given: Record<string, unknown> = {}) {
  const wanted = desired(spec);
  const plan = requirePlan(wanted);
  const hostPorts = Object.fromEntries(
    plan.ports.map((entry, index) => [String(entry.port), 30_000 + index]),
  );
  const asked = { plan, size: sizeOf(wanted.size, config(given)), config: config(given) };
  const volumes = Object.fromEntries(plan.mounts.map(({ volume }) => [volume, volumeName(ref, volume)]));
  return { ...asked, ref, image, volumes, user: plan.spec.user, hostPorts, publishes: true };
}

const problemsOf = (spec: Record<string, unknown>, given: Record<string, unknown> = {}) => {
  const wanted = desired(spec);
  const read = readPlan(wanted);
  if ("problems" in read) return read.problems;
  return judgeAsked({ plan: read.plan, size: wanted.size, config: config(given) });
};

/** A value other than the default, for every key of the schema that a rule turns into a part of the body. */
const examples: Record<string, unknown> = {
  image: "other/app:2",
  command: ["run"],
  entrypoint: ["/start"],
  environment: { NAME: "value" },
  ports: ["8080"],
  expose: [9000],
  volumes: ["data:/data"],
  healthcheck: { test: ["CMD", "true"] },
  user: "1000",
  working_dir: "/srv",
  read_only: true,
  tmpfs: ["/run"],
  cap_drop: ["ALL"],
  cap_add: ["SYS_NICE"],
  init: false,
  stop_signal: "SIGINT",
  stop_grace_period: "3s",
  labels: { "app.team": "a" },
};

describe("what a container may ask for", () => {
  const accepted = Object.keys(containerSchema.shape);
  const listed = containerRules.flatMap((rule) => rule.keys);

  it("has every key of the manifest and of Compose in exactly one row, and none besides", () => {
    expect(listed.toSorted()).toEqual([...accepted, ...unsupportedComposeKeys].toSorted());
    expect(new Set(listed).size).toBe(listed.length);
    expect(new Set(containerRules.map((rule) => rule.subject)).size).toBe(containerRules.length);
  });

  it("refuses what the manifest refuses, and acts on what it accepts", () => {
    for (const rule of containerRules) {
      for (const key of rule.keys) {
        expect(rule.rule === "refused", key).toBe(unsupportedComposeKeys.has(key));
        if (rule.rule !== "refused") expect(Boolean(rule.body) !== Boolean(rule.actedOnBy), key).toBe(true);
      }
    }
  });

  it("has no dead key: each one changes the container that is made", () => {
    const acted = containerRules.filter((rule) => rule.body).flatMap((rule) => rule.keys);
    expect(Object.keys(examples).toSorted()).toEqual(acted.toSorted());
    const plain = bodyOf(making({}));
    for (const [key, value] of Object.entries(examples)) {
      const made = making({ [key]: value }, { allowCapabilities: ["SYS_NICE"] });
      if (key === "image") made.image = { name: "other/app:2", reference: "other" };
      expect(bodyOf(made), key).not.toEqual(plain);
    }
  });

  it("decides every field of the body once", () => {
    const all = making(examples, { allowCapabilities: ["SYS_NICE"] });
    const seen = new Set<string>();
    for (const rule of containerRules) {
      const { own = {}, host = {} } = rule.body?.(all) ?? {};
      for (const field of [...Object.keys(own), ...Object.keys(host).map((name) => `HostConfig.${name}`)]) {
        expect(seen.has(field), field).toBe(false);
        seen.add(field);
      }
    }
  });

  it("says a sentence for every refused key, whatever its value", () => {
    for (const key of unsupportedComposeKeys) {
      for (const value of [true, "host", ["x"], { a: 1 }, null, ""]) {
        expect(problemsOf({ [key]: value }), key).toMatchObject([
          { path: key, message: expect.stringMatching(/^\w+ is refused\. .+\.$/) },
        ]);
      }
    }
  });

  it("refuses wishes that go too far, at their place", () => {
    const hostile: [Record<string, unknown>, string, RegExp][] = [
      [{ cap_add: ["ALL"] }, "cap_add.0", /never gets all/],
      [{ cap_add: ["cap_sys_admin"] }, "cap_add.0", /SYS_ADMIN/],
      [{ cap_add: ["NET_BIND_SERVICE", " net_raw "] }, "cap_add.1", /NET_RAW/],
      [{ cap_add: ["NONSENSE"] }, "cap_add.0", /no capability/],
      [{ cap_drop: ["NONSENSE"] }, "cap_drop.0", /no capability/],
      [{ tmpfs: ["/run:suid"] }, "tmpfs.0", /suid/],
      [{ tmpfs: ["/run:size=1m,dev,exec"] }, "tmpfs.0", /dev/],
      [{ tmpfs: ["relative"] }, "tmpfs.0", /expected a path/],
      [{ tmpfs: ["/a/../proc"] }, "tmpfs.0", /expected a path/],
      [{ labels: { "rostrum.role": "helper" } }, "labels", /is reserved/],
      [{ labels: { "com.docker.compose.project": "x" } }, "labels", /is reserved/],
      [{ read_only: true, files: { "/app": "app" } }, "read_only", /files cannot/],
      [{ read_only: true, uploads: { "/app": "id" } }, "read_only", /uploads cannot/],
      [{ volumes: ["/var/run/docker.sock:/var/run/docker.sock"] }, "volumes.0", /no host folders/],
      [{ volumes: ["./data:/data"] }, "volumes.0", /no host folders/],
      [{ volumes: [{ type: "bind", source: "/", target: "/host" }] }, "volumes.0", /expected/],
      [{ image: "sha256:abc" }, "image", /not the name of an image/],
      [{ image: "a".repeat(64) }, "image", /not the name of an image/],
      [{ image: "nginx evil/nginx" }, "image", /not the name of an image/],
    ];
    for (const [spec, path, message] of hostile) {
      expect(problemsOf(spec), JSON.stringify(spec)).toMatchObject([
        { path, message: expect.stringMatching(message) },
      ]);
    }
    const both = problemsOf({ privileged: true, volumes: ["/etc:/host"] });
    expect(both.map((problem) => problem.path)).toEqual(["privileged", "volumes.0"]);
    expect(problemsOf({ user: "00:5" }, { refuseRootUser: true })).toMatchObject([{ path: "user" }]);
    expect(problemsOf({ user: "root" }, { refuseRootUser: true })).toMatchObject([{ path: "user" }]);
    expect(problemsOf({ user: "root" })).toEqual([]);
  });

  it("gives a container what it asks of the default set and of the administrator's list, and nothing else", () => {
    const names = fc.subarray([...linuxCapabilities]);
    fc.assert(
      fc.property(names, names, names, (allowCapabilities, add, drop) => {
        const spec = { cap_add: add, cap_drop: drop };
        const may = new Set<string>([...defaultCapabilities, ...allowCapabilities]);
        const problems = problemsOf(spec, { allowCapabilities });
        expect(problems.length).toBe(add.filter((name) => !may.has(name)).length);
        const { host } = bodyOf(making(spec, { allowCapabilities }));
        expect(host.CapDrop).toEqual(["ALL"]);
        if (problems.length > 0) return;
        const kept = host.CapAdd as string[];
        expect(kept.every((name) => may.has(name))).toBe(true);
        for (const name of drop) if (!add.includes(name)) expect(kept).not.toContain(name);
      }),
    );
  });

  it("makes bodies that pass the last look, and the last look stops every other one", () => {
    const cloud = { config: config(), host: { cloudId: "c" } } as unknown as DockerCloud;
    const wanted = desired({ ports: ["80"], volumes: ["data:/data"], user: "1000" });
    const change = {
      ...making(wanted.spec),
      desired: wanted,
      networkId: "f".repeat(64),
      key: "k",
      digest: "d",
    };
    const body = replicaBody(cloud, change, 1);
    requireContained(body, config());
    const broken: Record<string, unknown>[] = [
      { Privileged: true },
      { CapDrop: [] },
      { CapDrop: ["ALL", "x"] },
      { CapAdd: ["SYS_ADMIN"] },
      { CapAdd: "CHOWN" },
      { SecurityOpt: [] },
      { SecurityOpt: ["no-new-privileges:true", "seccomp=unconfined"] },
      { Memory: 0 },
      { Memory: undefined },
      { MemorySwap: -1 },
      { MemorySwap: 2 ** 40 },
      { NanoCpus: 0 },
      { CpuQuota: -1 },
      { CpuShares: 2 },
      { PidsLimit: 0 },
      { PidsLimit: -1 },
      { PidsLimit: 1_025 },
      { IpcMode: "host" },
      { IpcMode: "shareable" },
      { PidMode: "host" },
      { PidMode: "container:x" },
      { UTSMode: "host" },
      { UsernsMode: "host" },
      { CgroupnsMode: "host" },
      { CgroupParent: "/" },
      { Cgroup: "container:x" },
      { NetworkMode: "host" },
      { NetworkMode: "container:x" },
      { NetworkMode: "bridge" },
      { Links: ["x:y"] },
      { Dns: ["10.0.0.1"] },
      { DnsSearch: ["example.com"] },
      { DnsOptions: ["x"] },
      { ExtraHosts: ["host.docker.internal:host-gateway"] },
      { Binds: ["/:/host"] },
      { VolumesFrom: ["x"] },
      { VolumeDriver: "nfs" },
      { Mounts: [{ Type: "bind", Source: "/", Target: "/host" }] },
      { Mounts: [{ Type: "volume", Source: "other", Target: "/data" }] },
      { Mounts: [{ Type: "volume", Source: volumeName({ ...ref, component: "db" }, "data"), Target: "/x" }] },
      {
        Mounts: [
          { Type: "volume", Source: volumeName({ ...ref, environmentId: "e" }, "data"), Target: "/x" },
        ],
      },
      { Mounts: [{ Type: "volume", Source: volumeName(ref, "data"), Target: "relative" }] },
      {
        Mounts: [
          {
            Type: "volume",
            Source: volumeName(ref, "data"),
            Target: "/data",
            VolumeOptions: {
              DriverConfig: { Name: "local", Options: { type: "none", o: "bind", device: "/" } },
            },
          },
        ],
      },
      { Tmpfs: { "/run": "exec" } },
      { Tmpfs: { "/run": "nosuid,nodev,suid" } },
      { Tmpfs: { "/run": "nosuid,nodev,size=0" } },
      { Tmpfs: { "/": "nosuid,nodev" } },
      { Devices: [{ PathOnHost: "/dev/sda" }] },
      { DeviceRequests: [{ Driver: "nvidia" }] },
      { DeviceCgroupRules: ["a *:* rwm"] },
      { Sysctls: { "kernel.shmmax": "1" } },
      { Runtime: "other" },
      { GroupAdd: ["docker"] },
      { MaskedPaths: ["/proc/kcore"] },
      { MaskedPaths: ["none"] },
      { ReadonlyPaths: ["/proc/sys"] },
      { ShmSize: 2 ** 40 },
      { StorageOpt: { size: "1T" } },
      { OomKillDisable: true },
      { OomScoreAdj: -1000 },
      { Ulimits: [] },
      { Ulimits: [{ Name: "core", Soft: -1, Hard: -1 }] },
      { Ulimits: [...(body.HostConfig?.Ulimits ?? []), { Name: "memlock", Soft: -1, Hard: -1 }] },
      { RestartPolicy: { Name: "always" } },
      { RestartPolicy: {} },
      { LogConfig: { Type: "syslog", Config: {} } },
      { LogConfig: {} },
      { AutoRemove: true },
      { PublishAllPorts: true },
      { PortBindings: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "80" }] } },
      { PortBindings: { "80/tcp": [{ HostPort: "80" }] } },
      { SomethingNew: 1 },
    ];
    for (const part of broken) {
      const HostConfig = { ...body.HostConfig, ...part };
      expect(() => requireContained({ ...body, HostConfig }, config()), JSON.stringify(part)).toThrow(
        "Couldn't create container",
      );
    }
    const around: Record<string, unknown>[] = [
      { Volumes: { "/x": {} } },
      { MacAddress: "02:42:ac:11:00:02" },
      { Tty: true },
      { NetworkingConfig: { EndpointsConfig: { bridge: { Aliases: ["web"] } } } },
      { NetworkingConfig: { EndpointsConfig: { [change.networkId]: { IPAMConfig: {} } } } },
      { HostConfig: undefined },
    ];
    for (const part of around) {
      expect(() => requireContained({ ...body, ...part }, config()), JSON.stringify(part)).toThrow(
        "Couldn't",
      );
    }
  });

  it("lets no container of a component run as root, nor a helper of its image, where root is refused", () => {
    const refusing = config({ refuseRootUser: true });
    const cloud = { config: refusing, host: { cloudId: "c" } } as unknown as DockerCloud;
    const made = making({ user: "1000" });
    const change = { ...made, desired: desired({}), networkId: "f".repeat(64), key: "k", digest: "d" };
    const body = replicaBody(cloud, change, 1);
    requireContained(body, refusing);
    for (const User of [undefined, "", "0", "root", "app", "00:5"]) {
      expect(() => requireContained({ ...body, User } as typeof body, refusing), String(User)).toThrow(
        "root",
      );
    }
    const helper = {
      name: "x",
      Image: "team/app:1",
      Labels: { ...refLabels("c", ref, "helper"), [labels.shape]: "helper" },
      HostConfig: { ...contained(refusing, helperLimits, 64), NetworkMode: "none" },
    };
    requireContained(helper, refusing);
    expect(() => requireContained({ ...helper, User: "0" }, refusing)).toThrow("root");
    requireContained({ ...helper, User: "0", Image: refusing.balancerImage }, refusing);
    requireContained({ ...helper, User: "0" }, config());
  });

  it("has one door: nothing else makes a container, and no command runs privileged", () => {
    const folder = fileURLToPath(new URL("../../lib/clouds/docker", import.meta.url));
    const sources = readdirSync(folder).map(
      (name) => [name, readFileSync(join(folder, name), "utf8")] as const,
    );
    const having = (text: string) =>
      sources.filter(([, source]) => source.includes(text)).map(([name]) => name);
    expect(having("createContainer(")).toEqual(["container.ts"]);
    expect(having(".exec({")).toEqual(["exec.ts"]);
    expect(having(".start({ abortSignal").sort()).toEqual(["container.ts"]);
    expect(having("Privileged: true")).toEqual([]);
  });

  it("is shown with the settings' values", () => {
    const { rows } = allowancesOf(config({ allowedImages: ["postgres:*"], allowCapabilities: ["SYS_NICE"] }));
    const detail = (subject: string) => rows.find((row) => row.subject === subject)?.detail;
    expect(rows.length).toBe(containerRules.length);
    expect(detail("Images")).toContain("postgres:*");
    expect(detail("Linux capabilities")).toContain("can add SYS_NICE");
    for (const row of rows) expect(row.detail, row.subject).toMatch(/\.$/);
  });
});
