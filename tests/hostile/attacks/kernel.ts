import { type Attack, program } from "../support/attack";

const privileges = "A7 · privileges";
const kernel = "kernel and host";

/** Attacks on the walls themselves: privileges, namespaces, mounts, control groups, devices, settings. */
export const kernelAttacks: Attack[] = [
  program(
    { id: "no-new-privileges", of: privileges, aim: "privileges by a set-id program" },
    `const status = fs.readFileSync("/proc/self/status", "utf8");
     const value = (name) => (new RegExp("^" + name + ":\\\\s+(\\\\S+)", "m").exec(status) ?? [])[1];
     if (value("NoNewPrivs") !== "1") reach("a process that may gain privileges");
     for (const name of ["CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb"]) if (!/^0+$/.test(value(name))) reach("capabilities: " + name + " " + value(name));
     const groups = (/^Groups:[ \\t]*(.*)$/m.exec(status) ?? [])[1].trim(); say("groups " + groups);
     if (process.getuid() === 0 && !isApart("user")) reach("root");`,
  ),
  program(
    { id: "set-id-programs", of: privileges, aim: "root by a set-id program of the host" },
    `for (const name of ["su", "sudo", "mount", "umount", "newgrp", "passwd", "chsh", "pkexec", "newuidmap", "fusermount3", "crontab", "at"]) {
       const path = ["/bin/", "/usr/bin/"].map((folder) => folder + name).find((file) => fs.existsSync(file));
       if (!path) continue;
       const child = cp.spawn(path, ["--help"], { stdio: "ignore" });
       child.on("error", () => {});
       const status = attempt("", () => fs.readFileSync("/proc/" + child.pid + "/status", "utf8")) ?? "";
       const uids = (/^Uid:\\s+(.*)$/m.exec(status) ?? [])[1] ?? "";
       if (uids.split("\\t")[1] === "0" && process.getuid() !== 0) reach("root by " + path);
       child.kill("SIGKILL");
     }
     attempt("sudo without a password", () => cp.execFileSync("/usr/bin/sudo", ["-n", "true"], { stdio: "pipe" }) && true);`,
  ),
  program(
    { id: "own-set-id-file", of: privileges, aim: "privileges by a set-id file of its own" },
    `fs.copyFileSync("/usr/bin/perl", "own"); fs.chmodSync("own", 0o6755);
     say(cp.spawnSync("./own", ["kit.pl", "ids", "real"], { encoding: "utf8" }).stdout);`,
  ),
  program(
    { id: "user-namespace-unmount", of: kernel, aim: "what lies below its mounts" },
    'perl("unmount", T.secretKey, T.victim.note, T.homeFile, T.backup);',
  ),
  program(
    { id: "chroot-breakout", of: kernel, aim: "the host's root by a kept descriptor" },
    'perl("breakout", T.secretKey.slice(1), T.secretKey, T.victim.note, T.homeFile);',
  ),
  program(
    { id: "join-namespaces", of: kernel, aim: "the namespaces of a worker or a neighbor" },
    `for (const pid of [T.workerPid, T.victim.pid, 1]) {
       const text = perl("setns", pid, T.secretKey, T.victim.note);
       if (/setns (mnt|net|pid) = 0/.test(text) && pid !== 1) reach("a foreign namespace");
     }
     cp.spawnSync("nsenter", ["-t", "1", "-a", "cat", T.secretKey], { stdio: ["ignore", "inherit", "inherit"] });`,
  ),
  program(
    { id: "mounts", of: kernel, aim: "a mount on the host, or one over Rostrum's folders" },
    `for (const [source, target, type] of [["none", "/mnt", "tmpfs"], ["proc", "/proc", "proc"], ["sysfs", "/sys", "sysfs"], ["cgroup2", "/mnt", "cgroup2"], ["/dev/vda", "/mnt", "ext4"]])
       attempt("a mount of " + type, () => syscall("mount", source, target, type, 0, "NULL") === 0);
     attempt("a writable remount", () => syscall("mount", "NULL", "/usr", "NULL", 32, "NULL") === 0);
     attempt("an unmount", () => syscall("umount2", "/proc", 2) === 0);`,
  ),
  program(
    { id: "write-system-folders", of: kernel, aim: "programs that others start" },
    `for (const folder of ["/usr/bin", "/usr/local/bin", "/bin", "/lib", "/etc", "/boot", "/opt", "/var/lib", "/usr/lib"])
       attempt("a file in " + folder, () => { fs.writeFileSync(folder + "/" + token, ""); fs.rmSync(folder + "/" + token); return !(isApart("mnt") && ["/opt", "/boot", "/var/lib"].includes(folder)); });`,
  ),
  program(
    { id: "overwrite-runtime", of: kernel, aim: "the program that runs other components (as CVE-2019-5736)" },
    `for (const path of ["/proc/self/exe", process.execPath, "/proc/" + process.ppid + "/exe", "/proc/1/exe", "/proc/" + T.workerPid + "/exe"])
       attempt("writing to " + path, () => { fs.closeSync(fs.openSync(path, "r+")); return path !== "/proc/1/exe" || !isApart("pid"); });
     attempt("the folder of the runtime", () => { fs.writeFileSync(join(dirname(process.execPath), token), ""); fs.rmSync(join(dirname(process.execPath), token)); });
     const child = cp.spawn(process.execPath, ["-e", "setTimeout(() => {}, 300)"]);
     const file = fs.openSync("/proc/" + child.pid + "/exe", fs.constants.O_RDONLY);
     await new Promise((ended) => child.on("exit", ended));
     attempt("writing to the runtime through a kept descriptor", () => { fs.closeSync(fs.openSync("/proc/self/fd/" + file, "r+")); });`,
  ),
  program(
    { id: "kernel-settings", of: kernel, aim: "settings of the whole machine" },
    `for (const path of ["kernel/core_pattern", "kernel/hostname", "kernel/modprobe", "vm/drop_caches", "net/ipv4/ip_forward", "kernel/randomize_va_space", "fs/protected_hardlinks", "user/max_user_namespaces"])
       attempt("/proc/sys/" + path, () => { fs.closeSync(fs.openSync("/proc/sys/" + path, "r+")); return !(path.startsWith("net/") && isApart("net")) && !(path === "kernel/hostname" && isApart("uts")) && !(path.startsWith("user/") && isApart("user")); });
     for (const path of ["/proc/sysrq-trigger", "/sys/power/state", "/sys/kernel/uevent_helper", "/proc/sys/fs/binfmt_misc/register", "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/module/kernel/parameters/panic"])
       attempt("writing to " + path, () => { fs.closeSync(fs.openSync(path, "r+")); });`,
  ),
  program(
    { id: "control-groups", of: kernel, aim: "its own limits, and those of others" },
    `const folders = fs.existsSync("/sys/fs/cgroup") ? fs.readdirSync("/sys/fs/cgroup", { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => "/sys/fs/cgroup/" + entry.name) : [];
     for (const folder of ["/sys/fs/cgroup", ...folders]) {
       attempt("a control group in " + folder, () => { fs.mkdirSync(folder + "/" + token); fs.rmdirSync(folder + "/" + token); });
       attempt("leaving its control group by " + folder, () => { fs.writeFileSync(folder + "/cgroup.procs", String(process.pid)); });
       for (const file of ["release_agent", "notify_on_release", "memory.limit_in_bytes", "pids.max", "cgroup.freeze", "cgroup.kill"]) attempt(folder + "/" + file, () => { fs.closeSync(fs.openSync(folder + "/" + file, "r+")); });
     }
     for (const line of fs.readFileSync("/proc/self/cgroup", "utf8").trim().split("\\n")) {
       const [, controllers, path] = line.split(":");
       for (const file of ["memory.max", "memory.limit_in_bytes", "pids.max", "cpu.max", "cpu.cfs_quota_us"]) for (const root of ["/sys/fs/cgroup", "/sys/fs/cgroup/" + controllers]) attempt("its own limit " + file, () => { fs.closeSync(fs.openSync(root + path + "/" + file, "r+")); });
     }`,
  ),
  program(
    { id: "clock-and-name", of: kernel, aim: "the clock or the name of the machine" },
    `perl("clock");
     attempt("swap space", () => syscall("swapon", "/nowhere", 0) === 0);
     attempt("the name of the machine", () => syscall("sethostname", "taken", 5) === 0 && !isApart("uts"));`,
  ),
  program(
    { id: "devices", of: kernel, aim: "disks, memory and terminals of the machine" },
    `for (const name of ["mem", "kmem", "port", "kmsg", "vda", "vda1", "sda", "nvme0n1", "loop0", "loop-control", "fuse", "kvm", "uinput", "net/tun", "vhost-net", "mapper/control", "tty0", "console", "vcs"])
       attempt("/dev/" + name, () => { fs.closeSync(fs.openSync("/dev/" + name, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)); });
     for (const [kind, major, minor] of [[0o20666, 1, 1], [0o60666, 254, 0], [0o60666, 8, 0], [0o60666, 253, 0]])
       attempt("a device of its own", () => syscall("mknodat", -100, "device-" + major + "-" + minor, kind, major * 256 + minor) === 0);
     attempt("a controlling terminal", () => { fs.closeSync(fs.openSync("/dev/tty", "r+")); });
     for (const name of attempt("", () => fs.readdirSync("/dev/pts")) ?? []) if (name !== "ptmx") attempt("terminal " + name, () => { fs.closeSync(fs.openSync("/dev/pts/" + name, "r+")); });`,
  ),
  program(
    { id: "kernel-memory", of: kernel, aim: "the kernel's log, symbols and memory" },
    `attempt("/proc/kcore", () => { const file = fs.openSync("/proc/kcore", "r"); fs.readSync(file, Buffer.alloc(64), 0, 64, 0); });
     attempt("addresses of the kernel", () => /^(?!0000000000000000)[0-9a-f]{16} /m.test(fs.readFileSync("/proc/kallsyms", "latin1").slice(0, 4096)));
     attempt("a program in the kernel", () => syscall("bpf", 5, "\\0".repeat(120), 120) >= 0);
     attempt("a kernel module", () => syscall("init_module", "x", 1, "") === 0);
     attempt("events of another process", () => syscall("perf_event_open", "\\0".repeat(128), T.victim.pid, -1, -1, 0) >= 0);`,
  ),
  program(
    {
      id: "inherited-descriptors",
      of: kernel,
      aim: "a descriptor that Rostrum left open (as CVE-2024-21626)",
    },
    'perl("descriptors");',
    {
      spec: { prepare: [["perl", "kit.pl", "descriptors"]] },
      after: async (arena, attacker) =>
        void (await arena.exec(attacker, ["perl", "kit.pl", "descriptors"], 8_000)),
    },
  ),
  program(
    { id: "foreign-ipc", of: kernel, aim: "shared memory and queues of other processes" },
    `perl("sharedMemory", T.segmentKey);
     const table = attempt("", () => fs.readFileSync("/proc/sysvipc/shm", "utf8")) ?? "";
     if (table.split("\\n").some((line) => line.trim().startsWith(String(T.segmentKey)))) reach("a list of the host's shared memory");
     for (const name of attempt("", () => fs.readdirSync("/dev/mqueue")) ?? []) reach("a message queue of the host: " + name);`,
  ),
  program(
    { id: "keyrings", of: kernel, aim: "keys in the kernel's keyrings of the host's user" },
    'perl("keyring", T.keyName); loot("/proc/keys");',
  ),
];
