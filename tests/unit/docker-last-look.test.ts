import { describe, expect, it } from "vitest";
import { replicaBody } from "@/lib/clouds/docker/body";
import { contained } from "@/lib/clouds/docker/contained";
import type { DockerCloud } from "@/lib/clouds/docker/engine";
import { hostProblem } from "@/lib/clouds/docker/host-look";
import { requireContained } from "@/lib/clouds/docker/last-look";
import { helperLimits } from "@/lib/clouds/docker/limits";
import { labels, refLabels, volumeName } from "@/lib/clouds/docker/names";
import { config, desired, making, ref } from "../support/docker-making";

describe("the last look at a container", () => {
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

  it("accepts of what the engine made only what it fills in itself, and limits that it can't set", () => {
    const own = refLabels("c", ref, "component");
    const host = {
      ...contained(config(), helperLimits),
      NetworkMode: "none",
      MaskedPaths: ["/proc/kcore"],
      ReadonlyPaths: ["/proc/sys"],
      ShmSize: 67_108_864,
      ConsoleSize: [0, 0],
      Runtime: "runc",
      PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "30000" }] },
    };
    const problem = (part: Record<string, unknown>, unlimited: string[] = []) =>
      hostProblem(
        { host: { ...host, ...part }, labels: own, made: true },
        config({ bind: "10.0.0.1" }),
        new Set(unlimited),
      );
    expect(problem({})).toBeNull();
    expect(problem({ Memory: 0, MemorySwap: -1 })).toContain("memory");
    expect(problem({ Memory: 0, MemorySwap: -1 }, ["Memory", "MemorySwap"])).toBeNull();
    expect(problem({ PidsLimit: null })).toContain("process");
    expect(problem({ PidsLimit: null }, ["PidsLimit"])).toBeNull();
    expect(problem({ MaskedPaths: [] })).not.toBeNull();
    expect(problem({ MaskedPaths: ["/none"] })).not.toBeNull();
    expect(problem({ ReadonlyPaths: undefined })).not.toBeNull();
    expect(problem({ Privileged: true })).toContain("privileged");
    expect(problem({ PortBindings: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "1" }] } })).toContain("bind");
  });
});
