import { isRunning } from "../../../scripts/lib/children.mjs";
import {
  type Place,
  processOf,
  saysReady,
  startLauncher,
  stopRostrumOn,
  untilHolds,
} from "../../support/launcher";

const startLimitMs = 300_000;

/** A Rostrum of these tests: its own data directory and port, started by `npm start`'s own script. */
export type Rostrum = Place;

/** The one under test, or null when the tests were pointed at someone's running one, which they must not stop. */
export function testedRostrum(): Rostrum | null {
  const { ROSTRUM_DATA_DIR: dataDir, ROSTRUM_URL: url } = process.env;
  return dataDir && url ? { dataDir, port: Number(new URL(url).port) } : null;
}

export const urlOf = ({ port }: Rostrum): string => `http://localhost:${port}`;

/**
 * Starts it and waits for the frame that a person at the terminal waits for; it outlives the process of a test.
 * @throws Error with its output when it ends or does not get ready
 */
export async function startRostrum(rostrum: Rostrum): Promise<void> {
  const launcher = startLauncher(rostrum);
  try {
    await untilHolds(launcher, () => saysReady(launcher), { limitMs: startLimitMs, everyMs: 100 });
  } catch (error) {
    launcher.child.kill("SIGTERM");
    throw error;
  }
  launcher.child.unref();
}

/** Stops it as Ctrl-C does; what runs in its environments continues. */
export async function stopRostrum({ dataDir }: Rostrum): Promise<void> {
  await stopRostrumOn(dataDir);
}

/**
 * Keeps the workers from beginning anything until the answer is called: what starts meanwhile is seen from its very
 * beginning, however slow the browser is. Without one of its own (null) nothing is held up.
 */
export function holdWorkers(rostrum: Rostrum | null): () => void {
  if (!rostrum) return () => {};
  const workers = processOf(rostrum.dataDir, "workers");
  if (!isRunning(workers)) return () => {};
  process.kill(workers.pid, "SIGSTOP");
  return () => {
    if (isRunning(workers)) process.kill(workers.pid, "SIGCONT");
  };
}
