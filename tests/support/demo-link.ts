import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * A new demo link of the Rostrum on a data directory, printed by the command that a person uses where the launcher has
 * no terminal. Without a directory the caller's own settings name the Rostrum.
 */
export async function newDemoLink(dataDir?: string): Promise<string> {
  const own = dataDir === undefined ? {} : { DATA_DIR: dataDir, DATABASE_URL: "", PUBLIC_URL: "" };
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/admin.mjs", "demo", "link"], {
    cwd: root,
    env: { ...process.env, ...own },
    timeout: 120_000,
  });
  return stdout.trim();
}

/**
 * Opens a demo link and answers the cookie it gives, which lets further browsers of a test sign in as demo users.
 * @throws Error when it does not open
 */
export async function openDemoLink(link: string): Promise<{ name: string; value: string }> {
  const answer = await fetch(link, { redirect: "manual" });
  const pair = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
  const found = pair.find((one) => one.includes("rostrum.demo="));
  if (!found)
    throw new Error(`The demo link did not open: ${answer.status} ${answer.headers.get("location")}`);
  const at = found.indexOf("=");
  return { name: found.slice(0, at), value: found.slice(at + 1) };
}
