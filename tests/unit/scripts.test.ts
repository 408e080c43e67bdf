import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findCommand } from "@/lib/platform/command-line";
import { ensureReachableBinary, ensureReachableTree, reachableBy } from "@/lib/platform/exec/reachable";
import { findPortProblem } from "@/scripts/launch";
import { describeProcess, endAll, isRunning, startOf } from "@/scripts/lib/children.mjs";
import { oneAtATime } from "@/scripts/lib/one-at-a-time.mjs";
import { checkWritable } from "@/scripts/lib/prepare.mjs";
import { failuresOfPlaywright, failuresOfVitest, sumUp } from "@/scripts/lib/results.mjs";
import { checkTypes } from "@/scripts/lib/types.mjs";

const directory = mkdtempSync(join(tmpdir(), "rostrum-scripts-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const stranger = { uid: 54_321, gid: 54_321 };

describe("reachableBy", () => {
  const hidden = join(directory, "hidden");
  mkdirSync(join(hidden, "deep"), { recursive: true });
  writeFileSync(join(hidden, "deep/tool"), "#!/bin/sh\n", { mode: 0o755 });

  it("looks at every directory above", () => {
    chmodSync(directory, 0o755);
    chmodSync(hidden, 0o755);
    expect(reachableBy(stranger.uid, stranger.gid, join(hidden, "deep/tool"), "execute")).toBe(true);
    chmodSync(hidden, 0o700);
    expect(reachableBy(stranger.uid, stranger.gid, join(hidden, "deep/tool"), "execute")).toBe(false);
    expect(reachableBy(statSync(hidden).uid, 1, join(hidden, "deep/tool"), "execute")).toBe(true);
  });

  it("copies a program or a tree that is out of reach, once", () => {
    const target = { ...stranger, directory: join(directory, "runtime") };
    const copy = ensureReachableBinary(join(hidden, "deep/tool"), target);
    expect(copy).toContain(join(directory, "runtime/bin"));
    expect(reachableBy(stranger.uid, stranger.gid, copy, "execute")).toBe(true);
    expect(ensureReachableBinary(join(hidden, "deep/tool"), target)).toBe(copy);
    const tree = ensureReachableTree(join(hidden, "deep"), target, "tool");
    expect(reachableBy(stranger.uid, stranger.gid, join(tree, "tool"), "execute")).toBe(true);
  });
});

describe("check-node", () => {
  /** A preloaded script before it makes this Node claim another version. */
  function startWith(version: string) {
    const pretend = join(directory, `pretend-${version}.cjs`);
    writeFileSync(
      pretend,
      `Object.defineProperty(process, "versions", {value: {...process.versions, node: "${version}"}});`,
    );
    const args = ["-r", pretend, "-r", "./scripts/check-node.cjs", "-e", "console.log('started')"];
    return spawnSync(process.execPath, args, { encoding: "utf8" });
  }

  it("stops a Node that is too old with one line, before anything else is read", () => {
    for (const version of ["12.22.9", "18.20.4", "20.18.3"]) {
      const { status, stdout, stderr } = startWith(version);
      expect(status).toBe(1);
      expect(stdout).toBe("");
      expect(stderr.trim().split("\n")).toEqual([
        expect.stringContaining(`20.19 or later. This is ${version}`),
      ]);
    }
    for (const version of ["20.19.0", "22.0.0", "26.1.0"])
      expect(startWith(version).stdout).toBe("started\n");
  });

  it("stands before every command", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      scripts: Record<string, string>;
    };
    for (const name of ["start", "dev", "build", "test", "admin"])
      expect(scripts[name]).toMatch(/^node -r \.\/scripts\/check-node\.cjs /);
  });
});

describe("what cannot be used is said in one line", () => {
  it("a folder that cannot be written", () => {
    const file = join(directory, "a-file");
    writeFileSync(file, "");
    expect(() => checkWritable(join(file, "below"), "Set DATA_DIR.")).toThrow(
      /^Can't write to .*Set DATA_DIR\.$/,
    );
    expect(() => checkWritable(join(directory, "made", "deep"), "")).not.toThrow();
    expect(existsSync(join(directory, "made", "deep"))).toBe(true);
  });

  it("a port in use, and an address that is not this machine's", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    expect(await findPortProblem(port, "127.0.0.1")).toBe(
      `Port ${port} on 127.0.0.1 is already in use. Use another port: PORT=${port + 1} npm start`,
    );
    await new Promise((done) => server.close(done));
    expect(await findPortProblem(port, "127.0.0.1")).toBeUndefined();
    expect(await findPortProblem(port, "192.0.2.1")).toMatch(
      /^HOST=192\.0\.2\.1 isn't an address of this machine/,
    );
  });
});

describe("the types of a build", () => {
  const project = (code: string) => {
    const folder = mkdtempSync(join(tmpdir(), "rostrum-types-"));
    writeFileSync(join(folder, "one.ts"), code);
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { strict: true, types: [], lib: ["ES2023"] }, include: ["one.ts"] }),
    );
    return join(folder, "tsconfig.json");
  };

  it("end it with their place when they are wrong", { timeout: 60_000 }, async () => {
    await expect(checkTypes(project('export const count: number = "two";\n'))).rejects.toThrow(
      /Checking types failed.*one\.ts\(1,14\): error TS2322/s,
    );
    await checkTypes(project("export const count: number = 2;\n"));
  });

  it("are those of the whole program, without its tests", () => {
    const { include, exclude } = JSON.parse(readFileSync("tsconfig.build.json", "utf8"));
    expect(include).toEqual(expect.arrayContaining(["app", "components", "lib", "workers", "scripts"]));
    expect(exclude).toEqual(["**/*.test.ts", "**/*.test.tsx"]);
    // A start builds and doesn't check.
    expect(readFileSync("scripts/start.mjs", "utf8")).not.toContain("checkTypes");
    expect(readFileSync("scripts/build.mjs", "utf8")).toContain("checkTypes");
  });
});

describe("oneAtATime", () => {
  const lock = join(directory, "locks", "lock");

  it("lets one of many work, tells the others whom they wait for, and frees the lock of the dead", async () => {
    let inside = 0;
    let most = 0;
    const waited: number[] = [];
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((done) => setTimeout(done, 20));
      inside -= 1;
    };
    mkdirSync(join(directory, "locks"));
    writeFileSync(lock, JSON.stringify({ pid: 999_999_999, start: "1" }));
    await Promise.all([1, 2, 3].map(() => oneAtATime(lock, work, ({ pid }) => waited.push(pid))));
    expect(most).toBe(1);
    expect(waited).toEqual([process.pid, process.pid]);
    await expect(oneAtATime(lock, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(lock)).toBe(false);
  });
});

describe("processes of an earlier start", () => {
  it("are known by id and start time, and ended even when they refuse", async () => {
    const child = spawn("sh", ["-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise((done) => child.stdout.once("data", done));
    const known = describeProcess(child.pid ?? 0);
    expect(isRunning(known)).toBe(true);
    expect(isRunning({ ...known, start: "another" })).toBe(false);
    await endAll([known], 200);
    expect(isRunning(known)).toBe(false);
    expect(startOf(999_999_999)).toBe("");
  });
});

describe("the count of npm test", () => {
  it("sums up over runners, and a check that could not count is a failure", () => {
    expect(
      sumUp([
        { passed: 3, failed: 0 },
        { passed: 1, failed: 2, skipped: 4 },
      ]),
    ).toBe("4 passed, 2 failed, 4 skipped");
    expect(sumUp([{ passed: 1, failed: 0 }])).toBe("1 passed, 0 failed");
  });

  it("says at the end which tests failed, and how", () => {
    const file = join(directory, "report.json");
    const assertionResults = [
      { status: "passed", fullName: "a works", failureMessages: [] },
      { status: "failed", fullName: "b works", failureMessages: ["\u001b[31mexpected 1\u001b[39m\nto be 2"] },
    ];
    const testResults = [
      { name: "x.test.ts", status: "failed", message: "", assertionResults },
      { name: "y.test.ts", status: "failed", message: "cannot be loaded", assertionResults: [] },
    ];
    writeFileSync(file, JSON.stringify({ testResults }));
    expect(failuresOfVitest(file)).toEqual([
      { test: "x.test.ts › b works", lines: ["expected 1", "to be 2"] },
      { test: "y.test.ts", lines: ["cannot be loaded"] },
    ]);
    const tests = [{ results: [{ errors: [{ message: "the button is missing" }] }] }];
    const specs = [
      { ok: true, file: "z.spec.ts", title: "opens", tests: [] },
      { ok: false, file: "z.spec.ts", title: "closes", tests },
    ];
    writeFileSync(file, JSON.stringify({ suites: [{ suites: [{ specs }] }] }));
    expect(failuresOfPlaywright(file)).toEqual([
      { test: "z.spec.ts › closes", lines: ["the button is missing"] },
    ]);
    expect(failuresOfVitest(join(directory, "missing.json"))).toEqual([]);
  });
});

describe("findCommand", () => {
  const command = {
    name: "token create",
    usage: "--email <address>",
    summary: "",
    options: { email: { type: "string" as const } },
    run: async () => {},
  };

  it("finds by words and parses options", () => {
    expect(findCommand([command], ["token", "create", "--email", "a@b.c"])).toMatchObject({
      command: { name: "token create" },
      values: { email: "a@b.c" },
    });
  });

  it("says what is wrong", () => {
    expect(() => findCommand([command], ["token"])).toThrow("Unknown command: token");
    expect(() => findCommand([command], ["token", "create", "--nope"])).toThrow("--nope");
  });
});
