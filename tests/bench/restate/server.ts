import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../support/free-port";
import { endProcess } from "../../support/launcher";

/** Exact, so that figures of two days are of the same programs. They are installed for the bench alone. */
const packages = [
  "@restatedev/restate-server@1.7.12",
  "@restatedev/restate-sdk@1.17.2",
  `node-${process.platform}-${process.arch}@24.22.3`,
];

/** A Restate server with one service, on ports and a directory of its own. */
export interface Restate {
  /** Where its handlers are called. */
  url: string;
  version: string;
  stop(): Promise<void>;
}

/** @returns the folder that holds Restate and Node 24, null where the registry could not be reached */
export function installRestate(): string | null {
  const folder = fileURLToPath(
    new URL("../../../node_modules/.cache/rostrum-bench/restate", import.meta.url),
  );
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync(
      "npm",
      ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", ...packages],
      {
        stdio: ["ignore", "ignore", "pipe"],
        timeout: 300_000,
      },
    );
  } catch {
    return null;
  }
  cpSync(fileURLToPath(new URL("service.mjs", import.meta.url)), join(folder, "service.mjs"));
  return folder;
}

/** @throws Error when it does not answer within a minute */
export async function startRestate(folder: string): Promise<Restate> {
  const binary = (name: string) => join(folder, "node_modules", name);
  const [ingress, admin, fabric, service] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const data = mkdtempSync(join(tmpdir(), "rostrum-restate-"));
  const server = join(
    "@restatedev",
    `restate-server-${process.platform}-${process.arch}`,
    "bin",
    "restate-server",
  );
  const children: ChildProcess[] = [
    spawn(
      binary(join(`node-${process.platform}-${process.arch}`, "bin", "node")),
      [join(folder, "service.mjs"), String(service)],
      { stdio: "ignore", cwd: folder },
    ),
    spawn(
      binary(server),
      ["--no-logo", "--listen-mode", "tcp", "--bind-ip", "127.0.0.1", "--base-dir", data],
      {
        stdio: "ignore",
        cwd: data,
        env: {
          ...process.env,
          DO_NOT_TRACK: "1",
          RUST_LOG: "error",
          RESTATE_BIND_PORT: String(fabric),
          RESTATE_INGRESS__BIND_PORT: String(ingress),
          RESTATE_ADMIN__BIND_PORT: String(admin),
        },
      },
    ),
  ];
  const stop = async () => {
    for (const child of children) await endProcess(child);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await answers(`http://127.0.0.1:${admin}/health`);
    await register(`http://127.0.0.1:${admin}/deployments`, `http://127.0.0.1:${service}`);
    await answers(`http://127.0.0.1:${ingress}/restate/health`);
  } catch (error) {
    await stop();
    throw error;
  }
  const version =
    execFileSync(binary(server), ["--version"], { encoding: "utf8" }).trim().split(" ").at(-1) ?? "";
  return { url: `http://127.0.0.1:${ingress}`, version, stop };
}

async function register(deployments: string, uri: string): Promise<void> {
  await untilOk(deployments, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ uri }),
  });
}

async function answers(url: string): Promise<void> {
  await untilOk(url, {});
}

async function untilOk(url: string, init: RequestInit): Promise<void> {
  const untilMs = Date.now() + 60_000;
  let seen = "no answer";
  while (Date.now() < untilMs) {
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
      const text = await response.text();
      if (response.ok) return;
      seen = `${response.status}: ${text}`;
    } catch (error) {
      seen = String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Restate's ${url} said ${seen}`);
}
