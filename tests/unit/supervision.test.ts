import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { Child, type ChildEnd, type ChildOptions } from "@/scripts/lib/child.mjs";
import { isRunning, type KnownProcess, ProcessFile } from "@/scripts/lib/children.mjs";

const directory = mkdtempSync(join(tmpdir(), "rostrum-supervision-"));
const children: Child[] = [];
const mounts: string[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop(500)));
});
afterAll(() => {
  for (const mount of mounts) execFileSync("umount", ["-l", mount]);
  rmSync(directory, { recursive: true, force: true });
});

/** A child that says that it lives, as portal and workers do. */
const living = `
  setInterval(() => process.send && process.send("alive", undefined, undefined, () => {}), 50);
  process.stdout.on("error", () => {});
  console.log("begun");
`;

function supervise(script: string, options: Partial<ChildOptions> = {}) {
  const started: KnownProcess[] = [];
  const ends: ChildEnd[] = [];
  const problems: string[] = [];
  const child = new Child({
    command: process.execPath,
    args: ["-e", script],
    env: { ...process.env },
    cwd: directory,
    onStart: (known) => started.push(known),
    onEnd: (end) => ends.push(end),
    onProblem: (text) => problems.push(text),
    ...options,
  });
  children.push(child);
  child.start();
  return { child, started, ends, problems };
}

async function until(holds: () => boolean, limitMs = 20_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`It did not come to hold within ${limitMs} ms.`);
    await sleep(20);
  }
}

const kill = (known: KnownProcess | undefined, name: NodeJS.Signals = "SIGKILL") =>
  process.kill(known?.pid ?? 0, name);

describe("a supervised child", () => {
  it("is started again although the folder of its log was deleted, and has its log again", async () => {
    const logs = join(directory, "deleted-logs");
    mkdirSync(logs);
    const logFile = join(logs, "workers.log");
    const { started, ends } = supervise(living, { logFile });
    await until(() => existsSync(logFile) && readFileSync(logFile, "utf8").includes("begun"));
    rmSync(logs, { recursive: true });
    kill(started[0]);
    await until(() => started.length === 2 && existsSync(logFile));
    expect(ends).toHaveLength(1);
  });

  it("runs without its log where that cannot be opened, and the reason is said", async () => {
    const logFile = join(directory, "not-a-folder", "deeper", "workers.log");
    const { started, problems, child } = supervise(living, { logFile });
    await until(() => isRunning(child.known));
    kill(started[0]);
    await until(() => started.length === 2);
    expect(problems[0]).toMatch(/Can't open .*workers\.log \(ENOENT\)\. Log lines appear here instead\./);
  });

  it("is tried again when its program cannot be started", async () => {
    const { ends } = supervise("", { command: join(directory, "no-such-program") });
    await until(() => ends.length >= 3);
    expect(ends.map((end) => end.reason)).toEqual(["ENOENT", "ENOENT", "ENOENT"]);
    expect(ends[2]?.waitMs).toBeGreaterThan(ends[0]?.waitMs ?? 0);
  });

  it("is replaced when it is stopped, and its successor is told why", async () => {
    const told = join(directory, "told");
    const script = `${living} require("node:fs").writeFileSync(${JSON.stringify(told)}, process.env.ROSTRUM_REPLACES ?? "");`;
    const { started, ends } = supervise(script, { hangLimitMs: 800 });
    await until(() => existsSync(told));
    await sleep(300);
    kill(started[0], "SIGSTOP");
    await until(() => started.length === 2);
    expect(isRunning(started[0])).toBe(false);
    expect(ends[0]).toMatchObject({
      hung: true,
      reason: expect.stringMatching(/^no heartbeat for \d+ s$/),
    });
    await until(() => readFileSync(told, "utf8") !== "");
    expect(JSON.parse(readFileSync(told, "utf8"))).toMatchObject({ hung: true });
  });

  it("is replaced when its event loop never comes to rest", async () => {
    const { started, ends } = supervise(
      `${living} if (!process.env.ROSTRUM_REPLACES) setTimeout(() => { for (;;) {} }, 400);`,
      { hangLimitMs: 800 },
    );
    await until(() => started.length === 2);
    expect(ends[0]?.hung).toBe(true);
  });

  it("is left alone while it is merely slow", async () => {
    // Nine tenths of its time no one can reach it.
    const slow = `${living} setInterval(() => { const until = Date.now() + 450; while (Date.now() < until); }, 500);`;
    const { ends } = supervise(slow, { hangLimitMs: 1_500 });
    await sleep(5_000);
    expect(ends).toEqual([]);
  });
});

describe("the file that names the processes", () => {
  it("is written later when it cannot be written now", async () => {
    const gone = join(directory, "gone");
    const problems: string[] = [];
    const file = new ProcessFile(join(gone, "rostrum.pid"), (error) => problems.push(error.code ?? ""));
    file.set({ launcher: { pid: 1, start: "x" } });
    file.set({ workers: { pid: 2, start: "y" } });
    expect(problems).toEqual(["ENOENT"]);
    mkdirSync(gone);
    await until(() => existsSync(join(gone, "rostrum.pid")));
    expect(file.read()).toEqual({ launcher: { pid: 1, start: "x" }, workers: { pid: 2, start: "y" } });
    file.remove();
  });

  it.runIf(process.getuid?.() === 0)("and the log outlive a full disk", async () => {
    const disk = join(directory, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
    mounts.push(disk);
    const output = execFileSync(process.execPath, ["tests/support/full-disk.mjs", disk], {
      encoding: "utf8",
    });
    const { outlived, problems, whileFull, started } = JSON.parse(output);
    expect(outlived).toBe(true);
    expect(problems).toEqual(["ENOSPC"]);
    expect(whileFull).toEqual({ workers: started[0] });
  });
});
