import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { workerFlags } from "../../scripts/lib/prepare.mjs";
import { freePort } from "../support/free-port";

export { endProcess } from "../support/launcher";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Builds what `npm start` builds, when it is stale. */
export async function buildProduct(): Promise<void> {
  const script = "import('./scripts/lib/prepare.mjs').then((m) => m.prepare())";
  const building = spawn(process.execPath, ["-e", script], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(building, "exit");
  if (code !== 0) throw new Error("The product could not be built.");
}

/** The worker process of the product, with one family of workers, once it is ready. */
export async function startWorkers(family: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...workerFlags(), "dist/workers.mjs"], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production", ROSTRUM_WORKERS: family, LOG_LEVEL: "error" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => Promise.reject(new Error("The workers ended before they were ready."))),
  ]);
  return child;
}

/** The portal as `npm start` runs it, on a free port, once it answers. */
export async function startPortal(): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1", "-p", String(port)];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production", PUBLIC_URL: url, LOG_LEVEL: "error" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error("The portal ended before it answered.");
    const answer = await fetch(`${url}/api/v1/health`).catch(() => null);
    if (answer?.ok) return { url, child };
    await sleep(100);
  }
  child.kill("SIGKILL");
  throw new Error("The portal does not answer.");
}
