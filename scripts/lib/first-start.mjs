import { spawn } from "node:child_process";
import { join } from "node:path";
import { bold, dim, Halt } from "./output.mjs";
import { root } from "./prepare.mjs";

/**
 * Fills an empty installation, in a process of its own, and answers what the person who started it must be told (the JSON
 * on that process's last line); `show` gets the lines of its log before that.
 * @throws Halt when it is refused or fails
 */
export async function firstStart(env, show = () => {}) {
  const child = spawn(process.execPath, [join(root, "dist/setup.mjs")], {
    cwd: root,
    env: { ...env, LOG_LEVEL: process.env.LOG_LEVEL ?? "warn" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const code = await new Promise((done) => child.on("close", done));
  const lines = output.trim().split("\n");
  const last = lines.pop() || "{}";
  if (code === 0) {
    for (const line of lines) show(line);
    return JSON.parse(last);
  }
  if (last.startsWith('{"refused":')) throw new Halt(JSON.parse(last).refused);
  throw new Halt(`The first-start setup failed (exit code ${code}):\n${output.trim()}`);
}

/** How the administrator made by this start signs in; nothing when there was one before. */
export function administratorLines(setup) {
  if (setup.adminEmail && setup.adminPassword) {
    return [
      `Administrator: ${bold(setup.adminEmail)}`,
      `Password:      ${bold(setup.adminPassword)}`,
      dim("The password is shown this once; change it after signing in."),
    ];
  }
  return setup.adminEmail ? [`Administrator: ${setup.adminEmail}`] : [];
}
