import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const bundle = `${root}dist/chaos-worker.mjs`;

/** Bundles the worker once, so that a killed one is back in a fraction of a second. */
export async function buildWorker(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("./worker.ts", import.meta.url))],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    tsconfig: `${root}tsconfig.json`,
    absWorkingDir: root,
    loader: { ".txt": "text" },
    logLevel: "error",
  });
}

export async function removeWorkerBundle(): Promise<void> {
  await rm(bundle, { force: true });
}

/** A handful of worker processes that are killed and replaced. */
export class Workers {
  private readonly children = new Set<ChildProcess>();
  /** Those that claim runs: killing one that is still starting would prove nothing. */
  private readonly ready = new Set<ChildProcess>();
  private stopping = false;
  kills = 0;
  deaths = 0;

  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly logFile: string,
  ) {}

  start(count: number): void {
    for (let index = 0; index < count; index += 1) this.spawn();
  }

  private spawn(): void {
    const log = openSync(this.logFile, "a");
    const child = spawn(process.execPath, ["--enable-source-maps", bundle], {
      cwd: root,
      env: this.environment,
      stdio: ["ignore", log, log, "ipc"],
    });
    closeSync(log);
    this.children.add(child);
    child.once("message", () => this.ready.add(child));
    child.once("exit", () => {
      this.children.delete(child);
      this.ready.delete(child);
      this.deaths += 1;
      if (!this.stopping) this.spawn();
    });
  }

  /** SIGKILL to one of them. */
  killOne(): void {
    const all = [...this.ready];
    const victim = all[Math.floor(Math.random() * all.length)];
    if (!victim) return;
    this.kills += 1;
    victim.kill("SIGKILL");
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const gone = [...this.children].map((child) => new Promise((resolve) => child.once("exit", resolve)));
    for (const child of this.children) child.kill("SIGKILL");
    await Promise.all(gone);
  }
}
