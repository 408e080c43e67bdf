import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Starts Rostrum as a person would, with `npm start`'s own script, on an empty data directory and a free port, and
 * leaves its address in ROSTRUM_URL. With ROSTRUM_URL set already, that running one is used.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  if (process.env.ROSTRUM_URL) return async () => {};
  const dataDir = mkdtempSync(join(tmpdir(), "rostrum-e2e-"));
  const port = await freePort();
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: process.cwd(),
    env: { ...process.env, ...ownSettings(dataDir, port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    await untilReady(child);
  } catch (error) {
    child.kill("SIGTERM");
    throw error;
  }
  process.env.ROSTRUM_URL = `http://localhost:${port}`;
  process.env.ROSTRUM_DATA_DIR = dataDir;
  return async () => {
    const ended = child.exitCode === null ? once(child, "exit") : Promise.resolve();
    child.kill("SIGTERM");
    await ended;
    if (!process.env.KEEP_DATA) rmSync(dataDir, { recursive: true, force: true });
  };
}

/** Nothing of the developer's own surroundings may leak into the tests. */
function ownSettings(dataDir: string, port: number): Record<string, string> {
  return {
    DATABASE_URL: "",
    REDIS_URL: "",
    PUBLIC_URL: "",
    HOST: "127.0.0.1",
    PORT: String(port),
    DATA_DIR: dataDir,
    DEMO: "on",
    ADMIN_EMAIL: "admin@example.com",
    ADMIN_PASSWORD: "browser tests sign in",
  };
}

/** Resolves when the launcher prints its frame. @throws Error with its whole output when it ends before */
async function untilReady(child: ChildProcess): Promise<void> {
  let output = "";
  await new Promise<void>((done, fail) => {
    const timer = setTimeout(
      () => fail(new Error(`Rostrum was not ready after 5 minutes:\n${output}`)),
      300_000,
    );
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
      if (!output.includes("is ready at")) return;
      clearTimeout(timer);
      done();
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.on("exit", (code) => {
      clearTimeout(timer);
      fail(new Error(`Rostrum ended with ${code}:\n${output}`));
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("No free port.");
  return address.port;
}
