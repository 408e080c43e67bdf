import { type Attack, program } from "../support/attack";

const secrets = "A6 · keys and secrets";
const others = "A8 · other people's files";

/** Attacks that only look: at the key, the worker, backups, neighbors and the host. */
export const readingAttacks: Attack[] = [
  program(
    { id: "read-secret-key", of: secrets, aim: "the key of the installation" },
    `for (const path of [T.secretKey, "/proc/self/root" + T.secretKey, "/proc/1/root" + T.secretKey, T.dataDir + "/../data/secret.key"]) loot(path);
     attempt("a list of the data directory", () => fs.readdirSync(T.dataDir).includes("secret.key"));`,
  ),
  program(
    { id: "read-secret-through-links", of: secrets, aim: "the key, by links and descriptors" },
    `fs.symlinkSync(T.secretKey, "key"); loot("key");
     fs.symlinkSync(T.dataDir, "all"); loot("all/secret.key");
     for (let up = "..", level = 0; level < 12; level += 1, up += "/..") loot(up + T.secretKey);
     for (const entry of fs.readdirSync("/proc/self/fd")) loot("/proc/self/fd/" + entry + "/../../secret.key");`,
  ),
  program(
    { id: "environ-of-worker", of: secrets, aim: "DATABASE_URL from a worker's environment" },
    `for (const pid of [T.workerPid, T.harnessPid, process.ppid, 1]) { loot("/proc/" + pid + "/environ"); loot("/proc/" + pid + "/cmdline"); }`,
  ),
  program(
    { id: "environ-of-everybody", of: secrets, aim: "the environment of any process" },
    `for (const pid of pids()) { const text = fs.existsSync("/proc/" + pid + "/environ"); if (text) loot("/proc/" + pid + "/environ"); }
     for (const pid of pids()) for (const task of attempt("", () => fs.readdirSync("/proc/" + pid + "/task")) ?? []) loot("/proc/" + pid + "/task/" + task + "/environ");`,
  ),
  program(
    { id: "proc-root-cwd-fd", of: secrets, aim: "files by way of /proc/<pid>/root, cwd and fd" },
    `for (const pid of [T.workerPid, T.harnessPid, T.victim.pid]) {
       loot("/proc/" + pid + "/root" + T.secretKey);
       loot("/proc/" + pid + "/root" + T.victim.note);
       loot("/proc/" + pid + "/cwd/secret.key");
       // Not those of the harness: what is read from its pipes it never gets.
       for (let fd = 0; fd < 60 && pid !== T.harnessPid; fd += 1) loot("/proc/" + pid + "/fd/" + fd);
     }`,
  ),
  program(
    { id: "memory-of-others", of: secrets, aim: "the memory of a worker or a neighbor" },
    `for (const pid of [T.workerPid, T.victim.pid, T.harnessPid]) {
       attempt("the memory map of a foreign process", () => fs.readFileSync("/proc/" + pid + "/maps", "utf8").length > 0);
       const lines = attempt("", () => fs.readFileSync("/proc/" + pid + "/maps", "utf8").split("\\n")) ?? [];
       const stack = lines.find((line) => line.includes("[stack]"));
       if (!stack) continue;
       const [from, to] = stack.split(" ")[0].split("-").map((text) => Number.parseInt(text, 16));
       attempt("the memory of a foreign process", () => {
         const file = fs.openSync("/proc/" + pid + "/mem", "r");
         const buffer = Buffer.alloc(to - from);
         fs.readSync(file, buffer, 0, buffer.length, from);
         const text = buffer.toString("latin1");
         say("LOOT memory " + text.slice(Math.max(0, text.indexOf("CANARY-")), text.indexOf("CANARY-") + 400));
       });
     }`,
  ),
  program(
    { id: "read-backups", of: others, aim: "another project's backup" },
    `loot(T.backup); walk([dirname(dirname(T.backup)), T.dataDir + "/uploads", T.dataDir + "/backups"]);`,
  ),
  program(
    { id: "walk-data", of: others, aim: "any file of the installation" },
    "walk([T.dataDir, ...T.roots, T.base]);",
  ),
  program(
    { id: "walk-host", of: others, aim: "files of users and services of the host" },
    `loot(T.homeFile); walk(["/root", "/home", "/var/lib", "/srv", "/opt", "/etc", "/run", "/tmp", "/var/tmp"], { depth: 6 });
     for (const path of ["/etc/shadow", "/etc/gshadow", "/etc/ssh/ssh_host_ed25519_key", "/root/.bash_history"]) if (loot(path)) reach(path);`,
  ),
  program(
    { id: "read-neighbor", of: others, aim: "the volume, log and folder of another environment" },
    `for (const path of [T.victim.note, T.victim.log]) loot(path);
     walk([T.victim.directory, dirname(dirname(T.victim.directory))]);`,
  ),
  program(
    { id: "list-neighbors", of: others, aim: "which other environments exist" },
    `let at = process.cwd();
     while (at !== "/") { at = dirname(at); const names = attempt("", () => fs.readdirSync(at)) ?? []; if (names.includes(T.victim.environmentId)) reach("a list of environments: " + at); }
     const seen = [...T.roots, dirname(T.victim.directory), T.victim.directory].filter((path) => path !== T.dataDir && fs.existsSync(path) && !process.cwd().startsWith(path));
     if (seen.some((path) => path.includes(T.victim.environmentId))) reach("the folder of another environment exists for it: " + seen.join(" "));
     for (const pid of pids()) { const text = attempt("", () => fs.readFileSync("/proc/" + pid + "/cmdline", "latin1")) ?? ""; if (text.includes(T.victim.environmentId)) reach("the command line of another environment"); }`,
  ),
  program(
    { id: "write-neighbor", of: others, aim: "changing a file of another environment" },
    `const write = (path) => attempt("writing " + path, () => { const file = fs.openSync(path, "r+"); fs.closeSync(file); });
     for (const path of [T.victim.note, T.victim.log, T.secretKey, T.backup, T.precious + "/keep"]) write(path);
     attempt("a file in another environment's volume", () => { const path = dirname(T.victim.note) + "/" + token; fs.writeFileSync(path, ""); fs.rmSync(path); });`,
  ),
  program(
    { id: "watch-neighbor", of: others, aim: "watching another environment's folder with inotify" },
    `for (const path of [dirname(T.victim.note), T.victim.directory, dirname(T.victim.log), T.dataDir, dirname(T.homeFile)]) attempt("a watch on " + path, () => { fs.watch(path).close(); const facts = fs.statSync(path); return path !== T.dataDir || T.dataDirIs === facts.dev + ":" + facts.ino; });`,
  ),
  program(
    { id: "hard-links", of: others, aim: "a second name for another's file" },
    `for (const [index, path] of [T.secretKey, T.backup, T.homeFile, T.victim.note, T.victim.log, T.precious + "/keep"].entries())
       attempt("a hard link to " + path, () => { fs.linkSync(path, "link-" + index); });`,
  ),
  program(
    { id: "handles", of: others, aim: "files by their handles, past every mount" },
    'attempt("opening by handle", () => syscall("open_by_handle_at", -100, "\\0".repeat(8), 0) >= 0);',
  ),
  program(
    { id: "persistence", of: others, aim: "code that the host's user or system starts later" },
    `const home = dirname(dirname(T.homeFile));
     for (const path of [home + "/.bashrc", home + "/.ssh/authorized_keys", home + "/.config/systemd/user/x.service", "/etc/cron.d/" + token, "/etc/profile.d/" + token + ".sh", "/var/spool/cron/crontabs/" + token, "/etc/ld.so.preload"]) {
       // What it writes into folders of its own namespace is no folder of the host: only an existing parent counts.
       if (!fs.existsSync(dirname(path))) continue;
       attempt("", () => { fs.writeFileSync(path + "." + token, ""); fs.rmSync(path + "." + token); if (path.startsWith(home)) reach("writing into the host user's home"); else if (!isApart("mnt")) reach("writing into " + dirname(path)); });
     }`,
  ),
];
