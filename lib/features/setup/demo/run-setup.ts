import { join } from "node:path";
import { getConfig } from "@/lib/platform/config";
import { ownEnvironment } from "@/lib/platform/config/own-environment";
import { runChild } from "@/lib/platform/exec/child";
import { moduleLog } from "@/lib/platform/log";

const timeoutMs = 120_000;

/**
 * Runs the setup that every start runs, in a process of its own: the portal doesn't know how to write demo data.
 * @throws Error with the end of its log when it fails
 */
export async function runSetup(): Promise<void> {
  const script = join(process.cwd(), "dist/setup.mjs");
  const { exitCode, stdout, stderr, timedOut } = await runChild([process.execPath, script], {
    cwd: process.cwd(),
    environment: { ...ownEnvironment(), LOG_LEVEL: "warn", DATA_DIR: getConfig().dataDir },
    timeoutMs,
  });
  if (exitCode === 0) return;
  const said = `${stdout}\n${stderr}`.trim().slice(-2_000);
  moduleLog("setup").error({ exitCode, timedOut, said }, "setup failed");
  throw new Error(`Setup failed (exit code ${exitCode ?? "none"}).`);
}
