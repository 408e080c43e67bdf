import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Arena } from "../support/arena";
import { type Attack, program } from "../support/attack";
import { freeBytes, usedBytes } from "../support/host";

const hogs = "resources";
const mebibyte = 2 ** 20;
const storage = { memoryBytes: 256 * mebibyte, storageBytes: 64 * mebibyte };
/** What a component of 64 MiB may get of a disk before a watch that only looks now and then has stopped it, in MiB. */
const tolerated = 1_000;

/** Fills a folder quickly, but slower than a disk: a watch that looks once a second can stop it. */
function filling(folders: string): string {
  return `
  let total = 0;
  const block = Buffer.alloc(8 * 1024 * 1024, 1);
  fill: for (const folder of ${folders}) {
    for (let at = 0; at < 140; at += 1) {
      try { fs.writeFileSync(join(folder, token + "-" + at), block); total += 8; } catch (error) { say(folder + ": " + error.code + " after " + total + " MiB"); continue fill; }
      if (total > ${tolerated}) { reach(total + " MiB in " + folder); break fill; }
      await sleep(60);
    }
  }
  say("wrote " + total + " MiB");`;
}

/** Looks as monitoring does while the attacker is at work. */
async function watched(arena: Arena, name: string, ms: number): Promise<void> {
  for (const until = Date.now() + ms; Date.now() < until; ) {
    await arena.sample(name).catch(() => null);
    if ((await arena.logs(name).catch(() => "")).includes("HOSTILE DONE")) return;
    const seen = await arena.observe(name);
    if (!seen.present || seen.status === "failed") return arena.note("it was ended");
    await sleep(700);
  }
}

function fills(id: string, aim: string, folders: string, spec: Record<string, unknown> = {}): Attack {
  return {
    id,
    of: hogs,
    aim,
    async run(arena) {
      const { base } = arena.field.canaries;
      const before = { disk: freeBytes(base), shared: usedBytes("/dev/shm") };
      // It says that it began before it begins: the rest happens while it is watched.
      const name = await arena.deploy({
        body: `await sleep(1_300);${filling(folders)}`,
        size: storage,
        spec,
      });
      await watched(arena, name, 16_000);
      const disk = Math.round((before.disk - freeBytes(base)) / mebibyte);
      const shared = Math.round((usedBytes("/dev/shm") - before.shared) / mebibyte);
      arena.note(`the host's disk lost ${disk} MiB, its shared memory ${shared} MiB`);
      if (shared > 128) arena.reach(`${shared} MiB of the host's shared memory`);
    },
  };
}

/** Attacks on what the machine has only once: processes, memory, processors, disk. */
export const resourceAttacks: Attack[] = [
  {
    ...program(
      { id: "fork-bomb", of: hogs, aim: "so many processes that no one else can start one" },
      `const text = perl("forkMany", 1_800, 8); const count = Number((/forked (\\d+)/.exec(text) ?? [])[1]); if (count > 1_200) reach(count + " processes");`,
      { waitMs: 20_000 },
    ),
    alone: true,
  },
  {
    ...program(
      { id: "thread-bomb", of: hogs, aim: "so many threads that no one else can start one" },
      `const { Worker } = await import("node:worker_threads"); let count = 0;
       try { for (; count < 40; count += 1) { const worker = new Worker("setInterval(() => {}, 1000)", { eval: true, resourceLimits: { maxOldGenerationSizeMb: 4 } }); worker.on("error", () => {}); } } catch (error) { say(error.message); }
       say("threads " + fs.readdirSync("/proc/self/task").length); await sleep(300); process.exit(0);`,
      { waitMs: 6_000, size: { memoryBytes: 64 * mebibyte } },
    ),
    alone: true,
  },
  {
    ...program(
      { id: "memory-hog", of: hogs, aim: "more memory than it was given", needs: "limits" },
      `await sleep(1_200); const held = []; for (let total = 16; total <= 400; total += 16) { held.push(Buffer.alloc(16 * 1024 * 1024, total)); if (process.memoryUsage.rss() > 250 * 1024 * 1024) { reach("250 MiB instead of 64"); break; } await sleep(10); }`,
      { size: { memoryBytes: 64 * mebibyte } },
    ),
    alone: true,
  },
  {
    ...program(
      {
        id: "memory-by-children",
        of: hogs,
        aim: "more memory than it was given, in many processes",
        needs: "limits",
      },
      `await sleep(1_200); const script = "my $x = 'x' x (40 * 1024 * 1024); print qq(held\\n); sleep 20;"; let held = 0;
       for (let count = 0; count < 10; count += 1) { const child = cp.spawn("/usr/bin/perl", ["-e", "$|=1;" + script]); child.on("error", () => {}); child.stdout.on("data", () => { held += 1; }); child.on("exit", () => { held -= 1; }); }
       await sleep(2_500); if (held > 6) reach(held * 40 + " MiB instead of 64");`,
      { size: { memoryBytes: 64 * mebibyte } },
    ),
    alone: true,
  },
  {
    ...program(
      {
        id: "memory-in-files",
        of: hogs,
        aim: "memory that is counted to no one, by anonymous files",
        needs: "limits",
      },
      `await sleep(1_200); const script = 'my $n = "hostile"; my $fd = syscall(' + (process.arch === "arm64" ? 279 : 319) + ', $n, 0); exit 1 if $fd < 0; open(my $f, ">&=", $fd); my $b = "x" x (1 << 20); my $t = 0; for (1 .. 300) { syswrite($f, $b) or last; $t++ } print "held $t\\n"; sleep 15;';
       const child = cp.spawn("/usr/bin/perl", ["-e", "$|=1;" + script]); child.on("error", () => {}); let said = ""; child.stdout.on("data", (chunk) => { said += chunk; }); await sleep(2_500);
       const held = Number((/held (\\d+)/.exec(said) ?? [])[1] ?? 0); say("held " + held); if (held > 250) reach(held + " MiB instead of 64");`,
      { size: { memoryBytes: 64 * mebibyte } },
    ),
    alone: true,
  },
  {
    id: "processor-hog",
    of: hogs,
    aim: "more of the processors than it was given",
    needs: "limits",
    alone: true,
    async run(arena) {
      const body = `for (let count = 0; count < 4; count += 1) cp.spawn("/bin/sh", ["-c", "while :; do :; done"], { stdio: "ignore" });`;
      const name = await arena.deploy({ body, size: { cpu: 0.25 } });
      await arena.untilDone(name);
      await arena.sample(name);
      await sleep(3_000);
      const cores = (await arena.sample(name))?.cpuCores ?? null;
      arena.note(`it used ${cores?.toFixed(2) ?? "an unknown number of"} cores`);
      if (cores !== null && cores > 0.6) arena.reach(`${cores.toFixed(2)} cores instead of 0.25`);
    },
  },
  fills("fill-volume", "more of the disk than its volume may have", "[process.env.DATA]", {
    volumes: ["data:/data"],
    environment: { DATA: "{data}" },
  }),
  fills(
    "fill-own-folder",
    "more of the disk than it may have, beside its volumes",
    '[process.cwd(), process.env.HOME ?? "."]',
  ),
  fills(
    "fill-temporary",
    "the host's disk by folders for temporary files",
    '["/tmp", "/var/tmp", process.env.TMPDIR ?? "/tmp"]',
  ),
  fills(
    "fill-shared-memory",
    "the host's memory by /dev/shm",
    '["/dev/shm", "/run/lock", "/dev/mqueue", "/run"]',
  ),
  {
    ...program(
      { id: "many-files", of: hogs, aim: "so many files that they cannot be removed" },
      'const until = Date.now() + 4_000; let count = 0; while (count < 30_000 && Date.now() < until) { const folder = "many" + Math.floor(count / 1_000); fs.mkdirSync(folder, { recursive: true }); for (let at = 0; at < 1_000; at += 1, count += 1) fs.closeSync(fs.openSync(folder + "/f" + at, "w")); await sleep(0); } say("files " + count);',
      { waitMs: 12_000 },
    ),
    alone: true,
  },
  {
    ...program(
      { id: "many-descriptors", of: hogs, aim: "so many open files that no one else can open one" },
      'let count = 0; try { for (; count < 300_000; count += 1) fs.openSync("/dev/null"); } catch (error) { say(error.code); } say("open " + count);',
      {
        waitMs: 10_000,
        after: async (arena) => {
          // The harness is the one that could no longer open any.
          if (readdirSync("/proc/self").length === 0)
            arena.reach("no file of the host can be opened any more");
        },
      },
    ),
    alone: true,
  },
];
