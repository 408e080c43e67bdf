import { connect } from "node:net";
import { findProgram } from "@/lib/platform/exec/find-program";
import { reachableProgram } from "../machine";
import { type LaunchInput, type Runtime, textOption } from "./runtime";

const readyMs = 1_000;

/**
 * Redis or Valkey, whichever of the named servers the host has: they speak the same protocol.
 * Options: `password`, `maxmemory`, `maxmemory_policy`; `persist: false` keeps nothing on disk.
 */
export function redisRuntime(...programs: string[]): Runtime {
  const find = () => programs.map(findProgram).find((file) => file !== null) ?? null;
  return {
    web: false,
    scalable: false,
    stopSignal: "SIGTERM",
    volumes: ["data"],
    validate: (_machine, spec) => [
      ...(find()
        ? []
        : [{ path: "process.program", message: `${programs.join(" or ")} is not installed here` }]),
      ...(spec.ports.length > 0
        ? []
        : [{ path: "process.ports", message: "enter the port, for example 6379" }]),
    ],
    settings(input) {
      // In a file, because everybody may read the arguments of a process.
      const quoted = passwordOf(input)?.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
      return { [configName]: quoted ? `requirepass "${quoted}"\n` : "" };
    },
    launch(input) {
      const { machine, spec, owner, volumes, host, args } = input;
      const program = reachableProgram(machine, find() ?? programs[0] ?? "redis-server", owner);
      const data = volumes.data ?? input.paths.run;
      const persist = textOption(spec, "persist") !== "false";
      const settings = ["--port", String(firstPort(input)), "--bind", host, "--dir", data];
      settings.push("--appendonly", persist ? "yes" : "no", "--daemonize", "no");
      if (!persist) settings.push("--save", "");
      const limit = textOption(spec, "maxmemory");
      if (limit) settings.push("--maxmemory", limit);
      const policy = textOption(spec, "maxmemory_policy", "maxmemory-policy");
      if (policy) settings.push("--maxmemory-policy", policy);
      return { command: [program, configFile(input), ...settings, ...args] };
    },
    async isReady(input) {
      const answer = await ask(input, passwordOf(input));
      return answer.includes("+PONG");
    },
  };
}

const configName = "redis.conf";

function configFile({ paths }: LaunchInput): string {
  return `${paths.config}/${configName}`;
}

function passwordOf({ spec }: LaunchInput): string | undefined {
  return textOption(spec, "password", "requirepass");
}

function firstPort(input: LaunchInput): number {
  return Object.values(input.ports)[0] ?? 6379;
}

function ask(input: LaunchInput, password: string | undefined): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ host: input.component.probeHost, port: firstPort(input) });
    const finish = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(readyMs, finish);
    socket.once("error", finish);
    socket.once("close", finish);
    socket.on("data", (chunk) => {
      text += chunk.toString();
      if (/PONG|-ERR|-NOAUTH|-WRONGPASS|-LOADING/.test(text)) finish();
    });
    const words = password === undefined ? [["PING"]] : [["AUTH", password], ["PING"]];
    socket.write(words.map(encode).join(""));
  });
}

function encode(words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}
