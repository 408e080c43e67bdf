import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { identityOf, isRunning, listProcesses, readProcess } from "@/lib/platform/exec/process-table";
import { makePassable } from "@/lib/platform/exec/reachable";
import {
  findIsolation,
  runConfined,
  type SandboxSpec,
  type SandboxTools,
  startConfined,
} from "@/lib/platform/sandbox";

const isRoot = process.getuid?.() === 0;
const identity = isRoot ? { uid: 1_999_999_001, gid: 1_999_999_001 } : null;
const environment = { PATH: "/usr/bin:/bin" };

describe.each(["bwrap", "unshare"] as const)("a sandbox of %s", (tool) => {
  const parent = mkdtempSync(join(tmpdir(), "rostrum-sandbox-"));
  const root = join(parent, "passable");
  const own = join(root, "own");
  const beside = join(root, "beside");
  let tools: SandboxTools;
  let works = false;

  beforeAll(() => {
    rmSync(parent, { recursive: true });
    makePassable(root);
    mkdirSync(own, { mode: 0o700 });
    if (identity) chownSync(own, identity.uid, identity.gid);
    writeFileSync(beside, "not for you");
    tools = findIsolation(root, [tool]);
    works = tools.isolation.tool === tool;
  });
  afterAll(() => rmSync(parent, { recursive: true, force: true }));

  const spec = (more: Partial<SandboxSpec> = {}): SandboxSpec => ({
    identity,
    hostname: "inside",
    mounts: [{ source: own, writable: true }],
    hidden: [],
    temporaryBytes: 2 ** 20,
    sharedMemoryBytes: 2 ** 20,
    network: "host",
    processes: 50,
    fileBytes: 2 ** 20,
    cwd: own,
    diesWithParent: false,
    ...more,
  });
  const run = async (script: string, more: Partial<SandboxSpec> = {}, extra: Record<string, string> = {}) =>
    await runConfined(
      tools,
      spec(more),
      ["/bin/sh", "-c", script],
      { environment: { ...environment, ...extra }, timeoutMs: 20_000 },
      () => undefined,
    );

  it("has no privileges and no way to any", async (test) => {
    if (!works) return test.skip(`${tool} does not work here: ${tools.isolation.reason}`);
    const { stdout } = await run(
      "cat /proc/self/status; id -u; unshare -U true 2>&1; mount -t tmpfs x /tmp 2>&1",
    );
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
      expect(stdout).toMatch(new RegExp(`${set}:\\s+0000000000000000`));
    }
    expect(stdout).toMatch(/NoNewPrivs:\s+1/);
    expect(stdout).toContain(`\n${identity?.uid ?? process.getuid?.()}\n`);
    expect(stdout).toMatch(/unshare failed/);
    expect(stdout).toMatch(/mount: .*(superuser|permitted|permission)/i);
  });

  it("sees its own directory, the system read-only, and nothing beside", async (test) => {
    if (!works) return test.skip(`${tool} does not work here`);
    const { stdout } = await run(
      `echo mine > note && cat note; cat ${beside} 2>&1; ls /root /home /work 2>/dev/null; echo x > /usr/x 2>/dev/null; echo x > /x 2>/dev/null; ls /proc | grep -c '^[0-9]'; [ -e /usr/x ] || [ -e /x ] || echo unharmed`,
    );
    expect(stdout).toContain("mine");
    expect(stdout).not.toContain("not for you");
    expect(stdout).toContain("unharmed");
    expect(Number(/^(\d+)$/m.exec(stdout)?.[1])).toBeLessThan(10);
  });

  it("has bounded files, memory files and processes", async (test) => {
    if (!works) return test.skip(`${tool} does not work here`);
    const { stdout } = await run(
      `head -c 3000000 /dev/zero > big; stat -c %s big; for d in /tmp /var/tmp /dev/shm; do head -c 900000 /dev/zero > $d/a; head -c 900000 /dev/zero > $d/b 2>/dev/null; du -x -s -B1 $d | cut -f1; done; ulimit -c`,
    );
    const [big = 0, ...memory] = stdout.trim().split("\n").map(Number);
    expect(big).toBeLessThanOrEqual(2 ** 20 + 512);
    expect(memory).toHaveLength(4);
    for (const bytes of memory.slice(0, 3)) expect(bytes).toBeLessThanOrEqual(2 ** 20);
    expect(memory[3]).toBe(0);
    const forked = await run(
      "i=0; while [ $i -lt 200 ]; do sleep 5 & i=$((i+1)); done; echo done; jobs | wc -l",
    );
    expect(forked.stderr).toMatch(/fork|Resource temporarily/i);
  });

  it("keeps settings of the loader inside", async (test) => {
    if (!works) return test.skip(`${tool} does not work here`);
    const trace = join(root, "trace");
    mkdirSync(trace, { mode: 0o777 });
    const { exitCode } = await run("true", {}, { LD_DEBUG: "all", LD_DEBUG_OUTPUT: join(trace, "out") });
    expect(exitCode).toBe(0);
    expect(readdirSync(trace)).toEqual([]);
  });

  it("answers with the program's exit status, and takes what it left behind along", async (test) => {
    if (!works) return test.skip(`${tool} does not work here`);
    expect((await run("exit 7")).exitCode).toBe(7);
    const mark = `left-${Math.random().toString(36).slice(2)}`;
    const { exitCode } = await run(
      `(setsid sh -c 'exec sleep 300 ${mark}' >/dev/null 2>&1 &) ; sleep 0.2; exit 0`,
    );
    expect(exitCode).toBe(0);
    await sleep(200);
    const left = listProcesses().filter(({ pid }) => commandOf(pid).includes(mark));
    expect(left).toEqual([]);
  });

  it("runs nothing of the component before it is placed", async (test) => {
    if (!works) return test.skip(`${tool} does not work here`);
    const made = join(own, "made");
    // What its environment steers counts as the component's.
    const given = {
      ...environment,
      ENV: made,
      BASH_ENV: made,
      LD_DEBUG: "all",
      LD_DEBUG_OUTPUT: `${made}-debug`,
    };
    const madeFiles = () => readdirSync(own).filter((name) => name.startsWith("made"));
    const place = () => {
      expect(madeFiles()).toEqual([]);
      throw new Error("no such group");
    };
    const options = { environment: given, timeoutMs: 20_000 };
    const words = ["/bin/sh", "-c", `: > ${made}`];
    await expect(runConfined(tools, spec(), words, options, place)).rejects.toThrow("no such group");
    const output = openSync("/dev/null", "w");
    const start = startConfined(tools, spec(), words, { environment: given, output, place });
    await expect(start).rejects.toThrow("no such group");
    closeSync(output);
    await sleep(300);
    expect(madeFiles()).toEqual([]);
  });

  it("outlives its starter, gets signals as usual, and ends whole", async (test) => {
    if (!works) return test.skip(`${tool} does not work here`);
    const logFile = join(parent, "log");
    const output = openSync(logFile, "w");
    const placed: number[] = [];
    const { keeper, main } = await startConfined(
      tools,
      spec(),
      [
        "/bin/sh",
        "-c",
        "trap 'echo int' INT; trap 'echo term; exit 0' TERM; echo up; while :; do sleep 0.1; done",
      ],
      { environment, output, place: (pid) => void placed.push(pid) },
    );
    closeSync(output);
    expect(placed[0]).toBe(keeper);
    expect(placed.at(-1)).toBe(main);
    const identityOfMain = identityOf(main ?? 0);
    await sleep(300);
    // It leads a session of its own.
    expect(readProcess(main ?? 0)?.group).toBe(main);
    process.kill(main ?? 0, "SIGINT");
    await sleep(400);
    process.kill(main ?? 0, "SIGTERM");
    await sleep(800);
    expect(readFileSync(logFile, "utf8")).toBe("up\nint\nterm\n");
    expect(identityOfMain && isRunning(identityOfMain)).toBe(false);
    expect(readProcess(keeper)).toBeNull();
  });
});

describe("a process without namespaces", () => {
  it("gets its environment behind the gate, too", async () => {
    const parent = mkdtempSync(join(tmpdir(), "rostrum-sandbox-"));
    chmodSync(parent, 0o777);
    const tools = findIsolation(parent, []);
    expect(tools.isolation.level).toBe(identity ? "separate-users" : "none");
    const traces = () => readdirSync(parent).filter((name) => name.startsWith("trace"));
    const output = openSync(join(parent, "log"), "w");
    const environment = {
      LD_DEBUG: "all",
      LD_DEBUG_OUTPUT: join(parent, "trace"),
      GIVEN: "a 'quoted' $value",
    };
    let before: string[] = [];
    const spec: SandboxSpec = {
      identity,
      hostname: "inside",
      mounts: [],
      hidden: [],
      temporaryBytes: 0,
      sharedMemoryBytes: 0,
      network: "host",
      processes: 50,
      fileBytes: null,
      cwd: "/",
      diesWithParent: false,
    };
    const place = () => {
      before = traces();
    };
    await startConfined(tools, spec, ["/bin/sh", "-c", 'echo "$GIVEN"'], { environment, output, place });
    await sleep(700);
    closeSync(output);
    expect(before).toEqual([]);
    expect(traces()).not.toEqual([]);
    expect(readFileSync(join(parent, "log"), "utf8")).toBe(`${environment.GIVEN}\n`);
    rmSync(parent, { recursive: true });
  });
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has ended.
    return "";
  }
}
