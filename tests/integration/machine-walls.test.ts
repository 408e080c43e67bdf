import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ComponentRef } from "@/lib/clouds/contract";
import { changeContext, fetchText, type Present } from "../support/cloud-changes";
import { webFiles, webProcess } from "../support/machine-cloud";
import { openMachine } from "../support/open-machine";

/** Asks addresses from inside a component and answers what each said. */
const asking = `
  const [, ...addresses] = process.argv;
  const ask = (address) => fetch(address, { signal: AbortSignal.timeout(1500) }).then((a) => a.text(), () => "nothing");
  Promise.all(addresses.map(ask)).then((all) => console.log(JSON.stringify(all)));`;

/** The host's address on the other end of the component's interface, as IPv6 derives it from its hardware address. */
const hostsSixthAddress = `
  const arp = require("fs").readFileSync("/proc/net/arp", "utf8");
  const bytes = (/([0-9a-f]{2}(?::[0-9a-f]{2}){5})/.exec(arp) ?? ["", "02:00:00:00:00:00"])[1].split(":").map((x) => parseInt(x, 16));
  bytes[0] ^= 2;
  const pair = (a, b) => ((a << 8) | b).toString(16);
  const host = "fe80::" + [pair(bytes[0], bytes[1]), pair(bytes[2], 255), pair(254, bytes[3]), pair(bytes[4], bytes[5])].join(":") + "%eth0";
  const own = (require("os").networkInterfaces().eth0 ?? []).filter((one) => one.family === "IPv6");
  const socket = require("net").connect({ host, port: Number(process.argv[1]) });
  const say = (text) => { console.log(JSON.stringify([own, text])); process.exit(0); };
  socket.setTimeout(1500, () => say("nothing")).on("connect", () => say("connected")).on("error", () => say("nothing"));`;

describe("the walls around an environment's network", () => {
  const machine = openMachine([21_400, 21_419]);
  const open = openMachine([21_420, 21_429], { bind: "0.0.0.0" });
  let server: Server;
  let hostPort = 0;
  let isolated = false;

  beforeAll(async () => {
    server = createServer((_, answer) => answer.end("the host"));
    await new Promise<void>((resolve) => server.listen(0, "::", resolve));
    hostPort = (server.address() as AddressInfo).port;
    isolated = (await machine.cloud.check()).facts.network === "isolated";
  });
  afterAll(() => server?.close());

  const runInside = async (target: ComponentRef, script: string, words: string[]) => {
    const command = ["node", "-e", script, ...words];
    const result = await machine.cloud.exec?.(target, { command, timeoutMs: 30_000 });
    expect(result?.stderr).toBe("");
    return JSON.parse(result?.stdout ?? "[]");
  };

  it("leads no one to a component by the name of the portal", async (test) => {
    if (!isolated) return test.skip("networks are shared here");
    const seen = await machine.create(machine.ref(), webProcess);
    const { hostname, port } = new URL(seen.url ?? "");
    expect(hostname).toBe("127.0.0.2");
    expect(await fetchText(seen.url ?? "")).toBe("hello");
    for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
      await expect(fetchText(`http://${host}:${port}/`, 0), host).rejects.toThrow();
    }
  });

  it("stands for IPv6, too", async (test) => {
    if (!isolated) return test.skip("networks are shared here");
    const target = machine.ref();
    await machine.create(target, webProcess);
    const [gateway = ""] = await gatewaysOf(target);
    // So that the host's hardware address is known inside.
    await runInside(target, asking, [`http://${gateway}:9/`]);
    expect(await runInside(target, hostsSixthAddress, [String(hostPort)])).toEqual([[], "nothing"]);
  }, 60_000);

  it("stands between clouds of one host, and before bridges of other programs", async (test) => {
    if (!isolated) return test.skip("networks are shared here");
    const target = machine.ref();
    await machine.create(target, webProcess);
    const other = await open.create(open.ref(), webProcess);
    const [gateway = ""] = await gatewaysOf(target);
    const port = new URL(other.url ?? "").port;
    const bridge = makeBridge();
    try {
      const asked = [`http://${gateway}:${port}/`, `http://${bridge.address}:8080/`];
      expect(await fetchText(`http://${bridge.address}:8080/`)).toBe("behind the bridge");
      expect(await runInside(target, asking, asked)).toEqual(["nothing", "nothing"]);
    } finally {
      bridge.remove();
    }
  }, 90_000);

  it("is put up again when a firewall flushed it, and so are the ports of all", async (test) => {
    if (!isolated) return test.skip("networks are shared here");
    const target = machine.ref();
    const seen = (await machine.create(target, webProcess)) as Present;
    const [gateway = ""] = await gatewaysOf(target);
    const asked = [`http://${gateway}:${hostPort}/`];
    run("nft", "delete", "table", "ip", tableOf(seen));
    expect(await runInside(target, asking, asked)).toEqual(["the host"]);
    await machine.cloud.check();
    expect(await runInside(target, asking, asked)).toEqual(["nothing"]);
    expect(await fetchText(seen.url ?? "")).toBe("hello");
  }, 60_000);

  it("is wired again when its interface was deleted, for what lives on in it, too", async (test) => {
    if (!isolated) return test.skip("networks are shared here");
    const target = machine.ref();
    const sibling = { ...machine.ref("two"), environmentId: target.environmentId };
    const seen = (await machine.create(target, webProcess)) as Present;
    const other = (await machine.create(sibling, webProcess)) as Present;
    const index = Number(/_(\d+)$/.exec(namespaceOf(seen))?.[1]);
    const mark = /^rostrum_(.{6})/.exec(namespaceOf(seen))?.[1];
    run("ip", "link", "delete", `rs${mark}.${index.toString(16)}`);
    await expect(fetchText(seen.url ?? "", 0)).rejects.toThrow();
    const healed = (await machine.cloud.recover(target, changeContext(webFiles))) as Present;
    expect(healed.attributes.pid).toBe(seen.attributes.pid);
    expect(await fetchText(seen.url ?? "")).toBe("hello");
    expect(await fetchText(other.url ?? "")).toBe("hello");
    await machine.cloud.remove(sibling, changeContext(webFiles));
  }, 60_000);

  it("is built again where a file is all that is left of it", async (test) => {
    if (!isolated) return test.skip("networks are shared here");
    const target = machine.ref();
    const seen = (await machine.create(target, webProcess)) as Present;
    const namespace = namespaceOf(seen);
    process.kill(Number(seen.attributes.pid), "SIGKILL");
    run("ip", "netns", "delete", namespace);
    writeFileSync(`/run/netns/${namespace}`, "");
    const healed = (await machine.cloud.restart(target, changeContext(webFiles))) as Present;
    expect(await fetchText(healed.url ?? "")).toBe("hello");
  }, 60_000);

  async function gatewaysOf(target: ComponentRef): Promise<string[]> {
    const seen = (await machine.cloud.observe(target)) as Present;
    const net = `--net=/proc/${seen.attributes.pid}/ns/net`;
    return /via (\S+)/.exec(run("nsenter", net, "ip", "route", "show", "default"))?.slice(1) ?? [];
  }
});

/** The namespace a component lives in, by the inode that both have. */
function namespaceOf({ attributes }: Present): string {
  const named = run("ip", "netns", "identify", String(attributes.pid)).trim();
  expect(named).toMatch(/^rostrum_/);
  return named;
}

function tableOf(seen: Present): string {
  return namespaceOf(seen).replace(/_\d+$/, "");
}

/** A bridge as container engines make them, and behind it a server in a namespace. */
function makeBridge() {
  const [bridge, space, address] = ["br-rostrumtest", "walls-test", "10.213.77.2"];
  const remove = () => {
    run("sh", "-c", `kill $(ip netns pids ${space}) ; ip netns delete ${space} ; ip link delete ${bridge}`);
  };
  remove();
  const serve = `require("http").createServer((_, a) => a.end("behind the bridge")).listen(8080, () => console.log("up"))`;
  run(
    "sh",
    "-c",
    `set -e; ip netns add ${space}; ip link add ${bridge} type bridge; ip address add 10.213.77.1/24 dev ${bridge}
     ip link add wt0 type veth peer name eth0 netns ${space}; ip link set wt0 master ${bridge} up; ip link set ${bridge} up
     ip -n ${space} address add ${address}/24 dev eth0; ip -n ${space} link set eth0 up
     ip -n ${space} route add default via 10.213.77.1
     ip netns exec ${space} "${process.execPath}" -e '${serve}' > /dev/null 2>&1 &
     for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 0.2; ip netns exec ${space} ss -ltn | grep -q 8080 && exit 0; done`,
  );
  return { address, remove };
}

function run(program: string, ...args: string[]): string {
  const path = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } as never;
  return spawnSync(program, args, { encoding: "utf8", env: path, timeout: 20_000 }).stdout;
}
