/**
 * Supervises a child that writes a small disk full, kills it then, and makes room: prints what happened as JSON. A process
 * of its own, as the launcher is one.
 */
import { execFileSync } from "node:child_process";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../../scripts/lib/child.mjs";
import { isRunning, ProcessFile } from "../../scripts/lib/children.mjs";

const disk = process.argv[2];
const logFile = join(disk, "workers.log");
const problems = [];
const started = [];
const script = `
  process.stdout.on("error", () => {});
  const write = () => console.log("x".repeat(100000));
  if (!process.env.ROSTRUM_REPLACES) setInterval(write, 20);
  else setInterval(() => {}, 1000);
`;
const file = new ProcessFile(join(disk, "rostrum.pid"), (error) => problems.push(error.code));
const child = new Child({
  command: process.execPath,
  args: ["-e", script],
  env: { ...process.env },
  cwd: "/",
  logFile,
  onStart: (known) => {
    started.push(known);
    file.set({ workers: known });
  },
  onEnd: () => {},
});
child.start();
await until(() => existsSync(logFile) && statSync(logFile).size > 700_000);
try {
  writeFileSync(join(disk, "filler"), Buffer.alloc(2 << 20));
} catch {
  // It is full now.
}
await sleep(500);
const outlived = isRunning(started[0]);
process.kill(started[0].pid, "SIGKILL");
await until(() => started.length === 2 && isRunning(child.known));
const whileFull = file.read();
execFileSync("mount", ["-o", "remount,size=8m", disk]);
await until(() => file.read().workers?.pid === started[1].pid);
await child.stop(500);
file.remove();
process.stdout.write(JSON.stringify({ outlived, problems, whileFull, started }));

async function until(holds) {
  for (let turn = 0; turn < 1_000; turn += 1) {
    if (holds()) return;
    await sleep(20);
  }
  throw new Error("It did not come to hold within 20 s.");
}
