import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeContext, fetchText, type Present } from "../support/cloud-changes";
import { filesOf, processComponent, webProcess } from "../support/machine-cloud";
import { openMachine } from "../support/open-machine";

/** Asks addresses from inside a component and answers what each said. */
const asking = `
  const [, ...addresses] = process.argv;
  const ask = (address) => fetch(address, { signal: AbortSignal.timeout(2000) }).then((a) => a.text(), () => "nothing");
  Promise.all(addresses.map(ask)).then((all) => console.log(JSON.stringify(all)));`;

/** Listens on the loopback alone, whatever address it was told. */
const shy = filesOf({
  "app/server.mjs": `import { createServer } from "node:http";
    createServer((_, answer) => answer.end("shy " + process.env.GREETING)).listen(Number(process.env.PORT), "127.0.0.1");
    createServer((_, answer) => answer.end("hidden")).listen(28181, "0.0.0.0");`,
});

describe("the network of environments on the machine cloud", () => {
  const machine = openMachine([21_350, 21_369]);
  let server: Server;
  let hostPort = 0;
  let isolated = false;

  beforeAll(async () => {
    server = createServer((_, answer) => answer.end("the host"));
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    hostPort = (server.address() as AddressInfo).port;
    isolated = (await machine.cloud.check()).facts.network === "isolated";
  });
  afterAll(() => server?.close());

  const inside = async (target: Parameters<typeof machine.cloud.observe>[0], addresses: string[]) => {
    const result = await machine.cloud.exec?.(target, {
      command: ["node", "-e", asking, ...addresses],
      timeoutMs: 20_000,
    });
    expect(result?.stderr).toBe("");
    return JSON.parse(result?.stdout ?? "[]") as string[];
  };

  it("leads the ports a component was given to it, and no others", async (test) => {
    if (!isolated) return test.skip("networks are shared here");
    const seen = await machine.create(machine.ref(), webProcess, {}, shy);
    expect(await fetchText(seen.url ?? "")).toBe("shy hello");
    await expect(fetchText("http://127.0.0.1:28181", 0)).rejects.toThrow();
  });

  it("lets components reach their own environment, and neither the host nor another one", async (test) => {
    if (!isolated) return test.skip("networks are shared here");
    const own = machine.ref("one");
    const sibling = { ...machine.ref("two"), environmentId: own.environmentId };
    const first = await machine.create(own, webProcess);
    const second = await machine.create(sibling, { ...webProcess, environment: { GREETING: "sibling" } });
    const other = await machine.create(machine.ref(), webProcess);
    const said = await inside(own, [
      second.url ?? "",
      first.url ?? "",
      other.url ?? "",
      `http://127.0.0.1:${hostPort}`,
      ...gateways(String(first.attributes.pid)).map((gateway) => `http://${gateway}:${hostPort}`),
    ]);
    expect(said.slice(0, 3)).toEqual(["sibling", "hello", "nothing"]);
    expect(new Set(said.slice(3))).toEqual(new Set(["nothing"]));
    await machine.cloud.remove(sibling, changeContext(shy));
  }, 60_000);

  it("lets a component reach one of its environment in another cloud of this host, and only at that port", async (test) => {
    if (!isolated) return test.skip("networks are shared here");
    const target = machine.ref();
    const neighbor = { host: "127.0.0.1", ports: { "80": hostPort } };
    await machine.cloud.apply(target, "create", processComponent(webProcess), {
      ...changeContext(await webOnly()),
      neighbors: [neighbor],
    });
    expect(await inside(target, [`http://127.0.0.1:${hostPort}`])).toEqual(["the host"]);
    await machine.cloud.apply(target, "update", processComponent(webProcess), changeContext(await webOnly()));
    expect(await inside(target, [`http://127.0.0.1:${hostPort}`])).toEqual(["nothing"]);
  }, 60_000);

  it("leaves no namespace and no interface behind", async (test) => {
    if (!isolated) return test.skip("networks are shared here");
    const target = machine.ref();
    const before = interfaces();
    const seen = (await machine.create(target, webProcess)) as Present;
    expect(seen.status).toBe("running");
    expect(interfaces()).toBe(before + 1);
    await machine.cloud.remove(target, changeContext(shy));
    expect(interfaces()).toBe(before);
  });

  it("comes back after the host forgot its rules and namespaces", async (test) => {
    if (!isolated) return test.skip("networks are shared here");
    const target = machine.ref();
    const seen = (await machine.create(target, webProcess)) as Present;
    const mark = /^rs([0-9a-f]+)/m.exec(interfaceNames().at(-1) ?? "")?.[1];
    expect(mark).toBeTruthy();
    for (const table of run("nft", "list", "tables").match(/rostrum_[0-9a-f]+/g) ?? []) {
      if (mark && table.startsWith(`rostrum_${mark}`)) run("nft", "delete", "table", "ip", table);
    }
    process.kill(Number(seen.attributes.pid), "SIGKILL");
    const healed = (await machine.cloud.restart(target, changeContext(shy))) as Present;
    expect(await fetchText(healed.url ?? "")).toBe("hello");
  }, 60_000);
});

async function webOnly() {
  const { webFiles } = await import("../support/machine-cloud");
  return webFiles;
}

function run(program: string, ...args: string[]): string {
  return spawnSync(program, args, {
    encoding: "utf8",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } as never,
  }).stdout;
}

function gateways(pid: string): string[] {
  const text = run("nsenter", `--net=/proc/${pid}/ns/net`, "ip", "route", "show", "default");
  return /via (\S+)/.exec(text)?.slice(1) ?? [];
}

function interfaceNames(): string[] {
  return run("ip", "-br", "link")
    .split("\n")
    .filter((line) => /^rs[0-9a-f]{6}\./.test(line));
}

function interfaces(): number {
  return interfaceNames().length;
}
