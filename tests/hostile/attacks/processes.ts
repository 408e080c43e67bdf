import { type Attack, program } from "../support/attack";

const others = "A6 · other processes";
const survival = "outliving the environment";

/** Attacks on processes of others, and processes that will not end. */
export const processAttacks: Attack[] = [
  program(
    { id: "signal-others", of: others, aim: "signals to a worker or a neighbor" },
    `for (const pid of [T.workerPid, T.harnessPid, T.victim.pid]) attempt("signalling a foreign process", () => process.kill(pid, 0) && !isApart("pid"));
     if (!isApart("pid")) for (const pid of [T.workerPid, T.victim.pid]) attempt("ending a foreign process", () => process.kill(pid, "SIGTERM"));`,
  ),
  program(
    { id: "pause-others", of: others, aim: "stopping a worker or a neighbor" },
    `if (!isApart("pid")) for (const pid of [T.workerPid, T.victim.pid]) { attempt("pausing a foreign process", () => process.kill(pid, "SIGSTOP")); attempt("", () => process.kill(pid, "SIGCONT")); }`,
  ),
  program(
    { id: "see-others", of: others, aim: "a list of the host's processes" },
    `if (!isApart("pid")) reach("the host's processes: " + pids().length);
     const names = pids().map((pid) => attempt("", () => fs.readFileSync("/proc/" + pid + "/comm", "utf8").trim()) ?? "");
     if (names.length > 12) reach("more processes than its own: " + names.slice(0, 30).join(" "));`,
  ),
  program(
    { id: "trace-others", of: others, aim: "another process under its debugger" },
    `// PTRACE_SEIZE does not stop the other, so nothing has to be put right.
     for (const pid of [T.workerPid, T.victim.pid]) if (!isApart("pid")) attempt("tracing a foreign process", () => syscall("ptrace", 0x4206, pid, 0, 0) === 0);
     for (const pid of [T.workerPid, T.victim.pid]) if (!isApart("pid")) attempt("reading with process_vm_readv", () => syscall("process_vm_readv", pid, "\\0".repeat(16), 1, "\\0".repeat(16), 1, 0) >= 0);`,
  ),
  program(
    { id: "descriptors-of-others", of: others, aim: "open files and sockets of another process" },
    'if (!isApart("pid")) for (const pid of [T.workerPid, T.victim.pid]) perl("descriptorsOf", pid);',
  ),
  program(
    { id: "slow-others", of: others, aim: "priority and limits of other processes" },
    `if (!isApart("pid")) for (const pid of [T.workerPid, T.victim.pid]) {
       attempt("the priority of a foreign process", () => syscall("setpriority", 0, pid, 0) === 0);
       attempt("the limits of a foreign process", () => syscall("prlimit64", pid, 7, "NULL", "\\0".repeat(16)) === 0);
       attempt("the processors of a foreign process", () => syscall("sched_setaffinity", pid, 8, "\\xff".repeat(8)) === 0);
       attempt("the out-of-memory score of a foreign process", () => { fs.writeFileSync("/proc/" + pid + "/oom_score_adj", fs.readFileSync("/proc/" + pid + "/oom_score_adj")); });
     }
     attempt("being killed last when memory is short", () => { fs.writeFileSync("/proc/self/oom_score_adj", "-900"); });
     attempt("a higher priority", () => syscall("setpriority", 0, 0, -10) === 0);`,
  ),
  program(
    { id: "double-fork", of: survival, aim: "a daemon without parent, session, folder and environment" },
    'perl("daemon", token); await sleep(500);',
  ),
  program(
    { id: "double-fork-unnamed", of: survival, aim: "a daemon that looks like a program of the host" },
    `perl("daemon", "[kworker/1:2]"); await sleep(300);
     cp.spawn("/bin/sh", ["-c", "cd /; trap '' TERM HUP; while :; do sleep 1; done"], { detached: true, env: {}, stdio: "ignore" }).unref();
     await sleep(300);`,
  ),
  program(
    { id: "ignore-the-end", of: survival, aim: "living on after SIGTERM" },
    `for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2"]) process.on(signal, () => say("no: " + signal));
     cp.spawn("/bin/sh", ["-c", "trap '' TERM HUP INT; while :; do sleep 1; done"], { detached: true, stdio: "ignore" }).unref();`,
  ),
  program(
    { id: "start-each-other", of: survival, aim: "two processes that start each other again" },
    'for (let count = 0; count < 3; count += 1) cp.spawn("/usr/bin/perl", [join(here, "kit.pl"), "pair", "40"], { detached: true, stdio: "ignore" }).unref(); await sleep(800);',
  ),
  program(
    { id: "fork-on-the-way-out", of: survival, aim: "a child that is born while the parent is ended" },
    `process.on("SIGTERM", () => { for (let count = 0; count < 20; count += 1) cp.spawn("/bin/sh", ["-c", "trap '' TERM; sleep 60"], { detached: true, stdio: "ignore" }).unref(); process.exit(0); });`,
  ),
  program(
    { id: "stopped-processes", of: survival, aim: "processes that are paused when the end comes" },
    `for (let count = 0; count < 10; count += 1) { const child = cp.spawn("/bin/sleep", ["60"], { detached: true, stdio: "ignore" }); child.unref(); process.kill(child.pid, "SIGSTOP"); }`,
  ),
  {
    id: "hold-process-one",
    of: survival,
    aim: "running on after a stop, as if it were work of Rostrum's own",
    async run(arena) {
      const body = `cp.spawn("/usr/bin/perl", [join(here, "kit.pl"), "hold", join(process.env.HOME, "alive"), "60"], { detached: true, stdio: "inherit" }).unref(); await sleep(1_500);`;
      const name = await arena.deploy({ body });
      await arena.untilDone(name);
      await arena.stop(name);
      if (arena.uid !== null) arena.reach("a stopped component still runs");
    },
  },
  program(
    { id: "zombies", of: survival, aim: "a table full of processes no one waits for" },
    'cp.spawn("/usr/bin/perl", [join(here, "kit.pl"), "zombies", "400"], { detached: true, stdio: "ignore" }).unref(); await sleep(1_500);',
  ),
  program(
    { id: "namespaces-within", of: survival, aim: "a process hidden in namespaces of its own" },
    `cp.spawn("unshare", ["-Urmpf", "--mount-proc", "sh", "-c", "trap '' TERM; while :; do sleep 1; done"], { detached: true, stdio: "ignore" }).on("error", () => {}).unref();
     cp.spawn("unshare", ["-Urinu", "sh", "-c", "trap '' TERM; while :; do sleep 1; done"], { detached: true, stdio: "ignore" }).on("error", () => {}).unref();
     await sleep(700);`,
  ),
  program(
    { id: "core-dumps", of: survival, aim: "core files with what was in memory" },
    `const crash = "ulimit -c unlimited; cd \\"$1\\"; kill -SEGV $$";
     for (const folder of ["/tmp", "/var/tmp", "/dev/shm", process.cwd()]) cp.spawnSync("/bin/sh", ["-c", crash, "sh", folder], { stdio: "ignore" });`,
  ),
];
