import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ComponentRef } from "@/lib/clouds/contract";
import { messageOf } from "@/lib/kernel/errors";
import { hasDocker } from "../support/docker";
import {
  context,
  type DockerTestCloud,
  desired,
  leftovers,
  openDockerTestCloud,
} from "../support/docker-cloud";
import { canBuildImages } from "../support/docker-images";
import { type ContainerAttack, containerAttacks } from "./attacks/docker";
import type { Outcome } from "./support/attack";
import { Markers } from "./support/canaries";
import { hostProcesses, ownNamespaces } from "./support/host";
import { printTable } from "./support/table";

const runs = (await hasDocker()) && canBuildImages();
const size = { cpu: 0.5, memoryBytes: 64 * 2 ** 20, storageBytes: 0 };

describe.skipIf(!runs)("hostile containers on the docker cloud", () => {
  const markers = new Markers();
  const outcomes: Outcome[] = [];
  const token = `hostile-${randomBytes(6).toString("hex")}`;
  const servers: Server[] = [];
  let cloud: DockerTestCloud;
  let folder = "";
  let environment: Record<string, string> = {};

  beforeAll(async () => {
    cloud = await openDockerTestCloud();
    folder = mkdtempSync("/var/tmp/rostrum-hostile-");
    const hidden = join(folder, "secret.key");
    writeFileSync(hidden, markers.make("file of the host"), { mode: 0o600 });
    const portal = await listen({ host: "127.0.0.1", port: 0 }, markers.make("portal on loopback"));
    await listen({ path: `\0${token}` }, markers.make("abstract socket"));
    environment = {
      HOSTILE: token,
      HIDDEN: hidden,
      HOST_PID: String(process.pid),
      PORTAL_PORT: String((portal.address() as AddressInfo).port),
      ABSTRACT: token,
      NEIGHBOR: await startNeighbor(),
      HOST_NAMESPACES: Object.values(ownNamespaces()).join("\n"),
    };
  }, 120_000);

  afterAll(async () => {
    for (const server of servers) server.close();
    await cloud?.close();
    if (folder) rmSync(folder, { recursive: true });
    printTable("docker", [{ identity: "engine", outcomes }]);
  }, 60_000);

  async function listen(where: object, text: string): Promise<Server> {
    const server = createServer((socket) =>
      socket.on("error", () => undefined).end(`HTTP/1.0 200 OK\r\n\r\n${text}`),
    );
    await new Promise<void>((resolve) => server.listen(where, resolve));
    servers.push(server);
    return server;
  }

  /** A container of another environment; its address inside the engine's networks. */
  async function startNeighbor(): Promise<string> {
    const ref = cloud.ref("shop");
    const script = `mkdir -p /tmp/w && echo "$TEXT" > /tmp/w/index.html && exec httpd -f -p 8080 -h /tmp/w`;
    const spec = {
      image: cloud.images.busybox,
      command: ["sh", "-c", script],
      environment: { TEXT: markers.make("container of another environment") },
      expose: ["8080"],
    };
    await cloud.connection.apply(ref, "create", desired(spec, { size }), context());
    const [container] = await cloud.engine.docker.listContainers({
      filters: JSON.stringify({ label: [`rostrum.environment=${ref.environmentId}`] }),
    });
    const [network] = Object.values(container?.NetworkSettings.Networks ?? {});
    return network?.IPAddress ?? "";
  }

  async function attack(
    one: ContainerAttack,
    ref: ComponentRef,
  ): Promise<{ reached: string[]; notes: string[] }> {
    const reached = new Set<string>();
    const saw = (text: string) => {
      for (const name of markers.in(text)) reached.add(`read: ${name}`);
      for (const [, said] of text.matchAll(/^REACHED (.*)$/gm)) reached.add(said ?? "");
    };
    const script = one.script ?? "true";
    const command = one.node
      ? ["node", "-e", script]
      : ["sh", "-c", `${script}\necho HOSTILE DONE; while :; do sleep 1; done`];
    const image = one.node ? cloud.images.node : cloud.images.busybox;
    const wanted = desired({ image, command, environment, stop_grace_period: "1s", ...one.spec }, { size });
    try {
      const problems = await cloud.connection.validate(wanted);
      if (problems.length > 0) return { reached: [], notes: problems.map((problem) => problem.message) };
      await cloud.connection.apply(ref, "create", wanted, context());
    } catch (error) {
      return { reached: [...reached], notes: [messageOf(error)] };
    }
    if (one.refused) return { reached: ["it was given what it asked for"], notes: [] };
    saw(await logsOf(ref, one.node ? 2_000 : 15_000));
    if (one.exec) {
      const result = await cloud.connection.exec?.(ref, {
        command: ["sh", "-c", one.exec],
        timeoutMs: 10_000,
      });
      saw(`${result?.stdout}\n${result?.stderr}`);
    }
    return { reached: [...reached], notes: [] };
  }

  async function logsOf(ref: ComponentRef, limitMs: number): Promise<string> {
    const until = Date.now() + limitMs;
    for (;;) {
      const lines: string[] = [];
      const options = { tailLines: 500, follow: false, signal: AbortSignal.timeout(8_000) };
      for await (const line of cloud.connection.logs?.(ref, options) ?? []) lines.push(line.text);
      const text = lines.join("\n");
      const seen = await cloud.connection.observe(ref);
      if (text.includes("HOSTILE DONE") || Date.now() > until || !seen.present || seen.status === "failed")
        return text;
      await sleep(200);
    }
  }

  it.each(containerAttacks.map((one) => [one.id, one.aim, one] as const))("%s: %s", async (id, aim, one) => {
    const ref = cloud.ref("web");
    const startedMs = Date.now();
    const { reached, notes } = await attack(one, ref);
    await cloud.connection.remove(ref, context());
    await cloud.connection.removeEnvironment(ref.environmentId, context());
    const stayed = () => hostProcesses().filter((info) => info.environment.includes(token));
    for (let tries = 0; stayed().length > 0 && tries < 20; tries += 1) await sleep(100);
    const left = [
      ...(await leftovers(cloud.engine.docker, ref.environmentId)),
      ...stayed().map((info) => `process ${info.pid} ${info.command}`),
    ];
    const result = reached.length === 0 ? "contained" : "reached";
    outcomes.push({
      id,
      of: one.refused ? "asked for" : "done",
      aim,
      result,
      reached,
      left,
      notes,
      ms: Date.now() - startedMs,
    });
    expect(reached, notes.join("\n")).toEqual([]);
    expect(left).toEqual([]);
  });
});
