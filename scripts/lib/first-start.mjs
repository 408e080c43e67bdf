import { spawn } from "node:child_process";
import { join } from "node:path";
import { bold, dim, Halt } from "./output.mjs";
import { root } from "./prepare.mjs";

/**
 * Fills an empty installation, in a process of its own, and answers what the person who started it must be told (the JSON
 * on that process's last line); `show` gets the lines of its log before that. With `demoLink` and demo data there is a
 * `demoToken` in the answer: it is for the person who starts Rostrum, and must not get into Rostrum's own logs.
 * @throws Halt when it is refused or fails
 */
export async function firstStart(env, { show = () => {}, demoLink = false } = {}) {
  const child = spawn(
    process.execPath,
    [join(root, "dist/setup.mjs"), ...(demoLink ? ["--demo-link"] : [])],
    {
      cwd: root,
      env: { ...env, LOG_LEVEL: process.env.LOG_LEVEL ?? "warn" },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
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
  throw new Halt(`First-start setup failed (exit code ${code}):\n${output.trim()}`);
}

/** What prints another demo link. */
export const demoLinkCommand = "npm run -s admin -- demo link";

/**
 * How a person comes to the demo users; nothing without demo data. The link itself only where `firstStart` made one: it
 * is for the person who started Rostrum, works once and ends by itself.
 */
export function demoLines(setup, publicUrl, command = demoLinkCommand) {
  if (!setup.demo) return [];
  if (!setup.demoToken) return [`Demo: get a one-time sign-in link with ${bold(command)}`];
  return [
    `Demo: ${bold(`${publicUrl}/demo/${setup.demoToken}`)}`,
    dim(`The link works once, in one browser. Get another: ${command}`),
  ];
}

/** How the administrator made by this start signs in; nothing when there was one before. */
export function administratorLines(setup) {
  if (setup.adminEmail && setup.adminPassword) {
    return [
      `Administrator: ${bold(setup.adminEmail)}`,
      `Password:      ${bold(setup.adminPassword)}`,
      dim("This password is shown only once and expires in 7 days. Change it under Account."),
    ];
  }
  return setup.adminEmail ? [`Administrator: ${setup.adminEmail}`] : [];
}
