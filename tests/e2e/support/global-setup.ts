import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../support/free-port";
import { killMachineCloud } from "./machine-cloud";
import { type Rostrum, startRostrum, stopRostrum, urlOf } from "./rostrum";

/**
 * Starts Rostrum as a person would, on an empty data directory and a free port, and leaves its address in ROSTRUM_URL.
 * With ROSTRUM_URL set already, that running one is used.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  if (process.env.ROSTRUM_URL) return async () => {};
  const rostrum: Rostrum = { dataDir: mkdtempSync(join(tmpdir(), "rostrum-e2e-")), port: await freePort() };
  // Components have users of their own, who must be able to enter: then everything lies in this one directory.
  chmodSync(rostrum.dataDir, 0o755);
  const end = async () => {
    await stopRostrum(rostrum);
    // Environments outlive Rostrum; those of a test that failed half way must not outlive the tests.
    await killMachineCloud(rostrum.dataDir);
    if (!process.env.KEEP_DATA) rmSync(rostrum.dataDir, { recursive: true, force: true });
  };
  try {
    await startRostrum(rostrum);
  } catch (error) {
    await end();
    throw error;
  }
  process.env.ROSTRUM_URL = urlOf(rostrum);
  process.env.ROSTRUM_DATA_DIR = rostrum.dataDir;
  return end;
}
