import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { hasRedis } from "../support/redis";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The short form of `npm run test:chaos`, in a process of its own. */
async function chaos(queue: string): Promise<string> {
  const args = ["node_modules/tsx/dist/cli.mjs", "tests/engine/chaos/main.ts", "--short", "--queue", queue];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 430_000 }).catch(
    (error: { stdout?: string; stderr?: string; message: string }) => {
      throw new Error(`${error.stdout ?? ""}\n${error.stderr ?? error.message}`);
    },
  );
  return stdout;
}

it("ends every run whatever is killed, lost or restarted (PostgreSQL's queue)", {
  timeout: 460_000,
}, async () => {
  expect(await chaos("postgres")).toContain("every run succeeded, every thing exists once");
});

it.skipIf(!hasRedis())(
  "the same with Redis, flushed (skipped without redis-server)",
  { timeout: 460_000 },
  async () => {
    expect(await chaos("redis")).toContain("every run succeeded, every thing exists once");
  },
);
