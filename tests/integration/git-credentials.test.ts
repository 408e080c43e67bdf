import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FileSource, GitAddress, GitCredential } from "@/lib/clouds/contract";
import { gitCommand } from "@/lib/clouds/machine/sources/git-command";
import { openGitSource } from "@/lib/clouds/machine/sources/git-source";
import { runChild } from "@/lib/platform/exec/child";
import { findProgram } from "@/lib/platform/exec/find-program";
import type { Lookup } from "@/lib/platform/outgoing";
import { changeContext, fetchText } from "../support/cloud-changes";
import { type GitServer, startGitServer } from "../support/git-server";
import { filesOf, processComponent, webProcess } from "../support/machine-cloud";
import { openMachine } from "../support/open-machine";

const username = "robot-user-zq7x4711";
const password = "pa:ss 'word\"$HOME\\zq7x4711";
const program =
  'require("http").createServer((_, answer) => answer.end("private code")).listen(process.env.PORT, process.env.HOST);';

describe("credentials of Git on the machine cloud", () => {
  const machine = openMachine([21_350, 21_369], { allowFileGit: true });
  const { ref, fail } = machine;
  let server: GitServer;
  let inner: GitServer;
  const wanted: GitAddress[] = [];
  const filesWith = (credential: GitCredential | null): FileSource => ({
    ...filesOf({}),
    gitCredential: async (address) => {
      wanted.push(address);
      return credential;
    },
  });
  const git = (path = "/team/service.git", from = server) => `http://127.0.0.1:${from.port}${path}`;
  const spec = (address = git()) => ({
    ...webProcess,
    args: ["server.cjs"],
    files: undefined,
    archive: { git: address, ref: "main" },
  });

  beforeAll(async () => {
    server = await startGitServer({ program, account: { username, password } });
    inner = await startGitServer({ program: "the inner one" });
  });
  beforeEach(() => {
    wanted.length = inner.asked.length = server.asked.length = 0;
    server.delayMs = 0;
    server.redirects.clear();
  });
  afterAll(() => {
    server?.close();
    inner?.close();
  });

  it("reach Git and no one else: not in arguments, environments, files, logs or the release", async () => {
    const target = ref();
    const change = changeContext(filesWith({ username, password }));
    server.delayMs = 400;
    const seen: string[] = [];
    let looks = 0;
    let over = false;
    const looking = (async () => {
      while (!over) {
        const { texts, gits } = processTexts();
        if (gits > 0) looks += 1;
        // Git itself puts the user's name, which is no secret, into the prompt for the askpass program.
        seen.push(
          ...texts.filter((text) => text.includes(password)),
          ...fileTexts(machine.trial.root).filter(leaks),
        );
        await sleep(20);
      }
    })();
    await machine.cloud.apply(target, "create", processComponent(spec()), change);
    over = true;
    await looking;
    expect(looks, "Git was seen at work").toBeGreaterThan(10);
    expect(seen).toEqual([]);
    expect(server.asked.some((one) => one.user === username)).toBe(true);
    expect(wanted).toEqual([
      { protocol: "http:", host: "127.0.0.1", port: server.port, path: "/team/service.git" },
    ]);
    const found = await machine.cloud.observe(target);
    expect(found.present && (await fetchText(found.url ?? ""))).toBe("private code");
    expect(change.lines.filter(leaks)).toEqual([]);
    expect(fileTexts(machine.trial.root).filter(leaks)).toEqual([]);
    const release = found.present ? join(String(found.attributes.directory), "releases/1") : "";
    expect(readdirSync(release)).toEqual(["server.cjs"]);
  }, 60_000);

  it("that are missing or wrong are said with what to do, and without the password", async () => {
    const missing = await fail(ref(), spec(), filesWith(null));
    expect(missing).toMatchObject({
      kind: "permanent",
      hint: expect.stringContaining("add a Git credential"),
    });
    const wrong = await fail(ref(), spec(), filesWith({ username, password: "another-zq7x4711" }));
    expect(wrong).toMatchObject({
      kind: "permanent",
      hint: expect.stringContaining("rejected the project’s Git credential"),
    });
    expect(`${wrong.message} ${wrong.hint}`).not.toContain("zq7x4711");
  }, 60_000);

  it("in an address are refused, and the address is not repeated", async () => {
    const address = `http://${username}:secret-zq7x4711@127.0.0.1:${server.port}/team/service.git`;
    const problems = await machine.cloud.validate(processComponent(spec(address)));
    expect(problems).toEqual([
      { path: "process.archive", message: expect.stringContaining("project's settings") },
    ]);
    const error = await fail(ref(), spec(address), filesWith({ username, password }));
    expect(error.message).toContain("project's settings");
    expect(JSON.stringify([problems, error.message, error.hint])).not.toContain("zq7x4711");
    expect(server.asked).toEqual([]);
  }, 60_000);

  it("do not follow a redirect, which reaches no one", async () => {
    server.redirects.set("/team/service.git/info/refs", `${git("/team/service.git", inner)}/info/refs`);
    const error = await fail(ref(), spec(), filesWith({ username, password }));
    expect(error).toMatchObject({ kind: "permanent", hint: expect.stringContaining("redirects") });
    expect(inner.asked).toEqual([]);
  }, 60_000);

  it("go to the address that was judged, whatever the name says a moment later", async () => {
    const outer = await startGitServer({ program, host: "127.0.0.2", account: { username, password } });
    const looked: string[] = [];
    const lookup: Lookup = async (host) => {
      looked.push(host);
      return [{ address: looked.length === 1 ? "127.0.0.2" : "127.0.0.1", family: 4 }];
    };
    try {
      // This name exists nowhere: a Git that looked it up would fail.
      const address = `http://git.rostrum-test.invalid:${outer.port}/team/service.git`;
      const source = { git: address, ref: "main" };
      const opened = await openGitSource(source, true, filesWith({ username, password }), { lookup });
      const command = gitCommand(join(machine.trial.root, "runtime"), opened);
      const result = await runChild(
        [findProgram("git") ?? "git", ...command.options, "ls-remote", "--", opened.href],
        {
          cwd: machine.trial.root,
          environment: command.environment,
          secretInput: command.secretInput,
          timeoutMs: 20_000,
        },
      );
      expect(result.stderr).toBe("");
      expect(result.stdout).toContain("refs/heads/main");
      expect(looked).toEqual(["git.rostrum-test.invalid"]);
      expect(outer.asked.at(-1)).toMatchObject({
        host: `git.rostrum-test.invalid:${outer.port}`,
        user: username,
      });
    } finally {
      outer.close();
    }
  }, 60_000);
});

const leaks = (text: string) => text.includes("zq7x4711");

/** Arguments and environments of all processes but this one, and how many of them are Git. */
function processTexts(): { texts: string[]; gits: number } {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const read = (id: string, file: string) => {
    try {
      return readFileSync(`/proc/${id}/${file}`, "utf8");
    } catch {
      // The process ended, or belongs to someone else.
      return "";
    }
  };
  const commands = ids.map((id) => read(id, "cmdline"));
  return {
    texts: [...commands, ...ids.map((id) => read(id, "environ"))],
    gits: commands.filter((command) => command.includes("git\0") && command.includes("fetch")).length,
  };
}

function fileTexts(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      try {
        return [readFileSync(join(entry.parentPath, entry.name), "latin1")];
      } catch {
        // It went away meanwhile.
        return [];
      }
    });
}
