import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Attack, program } from "../support/attack";

const logs = "output";
const backups = "backups of strange files";
const volume = { volumes: ["data:/data"], environment: { DATA: "{data}" } };
const mebibyte = 2 ** 20;

/** Attacks by what a component says and by what lies in its volumes. */
export const outputAttacks: Attack[] = [
  {
    id: "log-flood",
    of: logs,
    aim: "the host's disk by its log",
    alone: true,
    async run(arena) {
      const body = `
        await sleep(1_200); const block = "a line of nothing much\\n".repeat(4_000); const until = Date.now() + 4_000; let total = 0;
        while (Date.now() < until && total < 900e6) { try { fs.writeSync(1, block); total += block.length; } catch (error) { if (error.code !== "EAGAIN") throw error; } await sleep(0); }
        say("wrote " + Math.round(total / 1e6) + " MB");`;
      const name = await arena.deploy({ body });
      let peak = 0;
      for (const until = Date.now() + 7_000; Date.now() < until; await sleep(100)) {
        peak = Math.max(peak, sizeOf(arena.field.logOf(arena.refOf(name))));
        if (Date.now() % 1_000 < 120) await arena.sample(name).catch(() => null);
      }
      await arena.sample(name).catch(() => null);
      const end = sizeOf(arena.field.logOf(arena.refOf(name)));
      arena.note(
        `its log had ${Math.round(peak / mebibyte)} MiB at most, ${Math.round(end / mebibyte)} MiB at the end`,
      );
      if (peak > 512 * mebibyte) arena.reach(`a log of ${Math.round(peak / mebibyte)} MiB`);
      if (end > 64 * mebibyte) arena.reach(`a log of ${Math.round(end / mebibyte)} MiB that stays`);
    },
  },
  {
    id: "log-endless-line",
    of: logs,
    aim: "a reader's memory by a line of 100 MB",
    alone: true,
    async run(arena) {
      const body = `const block = Buffer.alloc(1 << 20, 120); for (let at = 0; at < 100; at += 1) { for (let done = 0; done < block.length; ) { try { done += fs.writeSync(1, block, done); } catch (error) { if (error.code !== "EAGAIN") throw error; await sleep(1); } } } say(""); say("after it");`;
      const name = await arena.deploy({ body });
      await arena.untilDone(name);
      const startedMs = Date.now();
      const before = process.memoryUsage.rss();
      const text = await arena.logs(name);
      if (text.length > 8 * mebibyte) arena.reach(`${text.length} bytes for the last lines`);
      if (Date.now() - startedMs > 6_000) arena.reach("a reader that waits for seconds");
      if (process.memoryUsage.rss() - before > 300 * mebibyte)
        arena.reach("hundreds of MiB of a reader's memory");
    },
  },
  {
    id: "log-binary",
    of: logs,
    aim: "a reader that breaks at what is no text",
    async run(arena) {
      const body = `const { randomBytes } = await import("node:crypto"); for (let at = 0; at < 60; at += 1) { fs.writeSync(1, randomBytes(4_096)); fs.writeSync(1, "\\0\\x1b[2J\\x1b]0;taken\\x07\\r\\n\\xff\\xfe\\n"); } say(""); say("after it");`;
      const name = await arena.deploy({ body });
      const text = await arena.untilDone(name);
      if (!text.includes("after it")) arena.reach("lines after binary output are lost");
      for await (const line of arena.cloud.logs?.(arena.refOf(name), {
        tailLines: 10,
        follow: true,
        signal: AbortSignal.timeout(1_000),
      }) ?? []) {
        if (typeof line.text !== "string") arena.reach("a line that is no text");
      }
    },
  },
  program(
    { id: "log-after-the-end", of: logs, aim: "writing on when it has ended" },
    `cp.spawn("/bin/sh", ["-c", "trap '' TERM HUP INT PIPE; while :; do echo still here; sleep 0.05; done"], { detached: true, stdio: ["ignore", "inherit", "inherit"] }).unref();
     say("HOSTILE DONE"); await sleep(1_200); process.exit(0);`,
    {
      after: async (arena, attacker) => {
        await sleep(1_500);
        await arena.logs(attacker);
      },
    },
  ),
  {
    id: "log-follow-without-end",
    of: logs,
    aim: "a reader's memory and time by following a flood",
    alone: true,
    async run(arena) {
      const body = `say("HOSTILE DONE"); const block = "x".repeat(200_000); const until = Date.now() + 4_000; while (Date.now() < until) { try { fs.writeSync(1, block); } catch {} await sleep(1); }`;
      const name = await arena.deploy({ body });
      const before = process.memoryUsage.rss();
      let longest = 0;
      const options = { tailLines: 1, follow: true, signal: AbortSignal.timeout(3_000) };
      for await (const line of arena.cloud.logs?.(arena.refOf(name), options) ?? [])
        longest = Math.max(longest, line.text.length);
      if (longest > 8 * mebibyte) arena.reach(`a line of ${longest} characters`);
      if (process.memoryUsage.rss() - before > 400 * mebibyte)
        arena.reach("hundreds of MiB of a reader's memory");
    },
  },
  {
    ...program(
      { id: "backup-sparse", of: backups, aim: "a backup without end by a file of holes" },
      `attempt("", () => fs.truncateSync(process.env.DATA + "/holes", 0)); const file = fs.openSync(process.env.DATA + "/holes", "w"); attempt("", () => fs.ftruncateSync(file, 3 * 2 ** 30));`,
      {
        spec: volume,
        size: { storageBytes: 64 * mebibyte },
        after: async (arena, attacker) => {
          const { outcome, bytes } = await arena.copyOut(attacker, "data", {
            bytes: 256 * mebibyte,
            ms: 20_000,
          });
          if (outcome === "too much" || outcome === "too long")
            arena.reach(`${bytes} bytes and more of a volume of 64 MiB`);
        },
      },
    ),
    alone: true,
  },
  program(
    { id: "backup-pipes", of: backups, aim: "a backup that waits for ever at a pipe" },
    `cp.execFileSync("mkfifo", [process.env.DATA + "/pipe"]); net.createServer().on("error", (error) => say(error.code)).listen(process.env.DATA + "/s"); fs.writeFileSync(process.env.DATA + "/file", "x");`,
    {
      spec: volume,
      after: async (arena, attacker) => {
        const { outcome, entries } = await arena.copyOut(attacker, "data", { bytes: mebibyte, ms: 12_000 });
        if (outcome === "too long") arena.reach("a backup that does not end");
        const special = entries.find(
          ({ header }) => !["file", "directory", "symlink"].includes(header.type ?? ""),
        );
        if (special) arena.reach(`a ${special.header.type} in a backup`);
      },
    },
  ),
  program(
    { id: "backup-odd-names", of: backups, aim: "a backup or an end that fails at names and depths" },
    `const data = process.env.DATA; let at = data; for (let level = 0; level < 180; level += 1) { at += "/d" + level; } attempt("", () => fs.mkdirSync(at, { recursive: true }));
     for (const name of ["with\\nnewline", "-rf", "*", "\\x1b[2J", "x".repeat(255), "\\u202e"]) attempt("", () => fs.writeFileSync(data + "/" + name, "x"));
     attempt("", () => fs.writeFileSync(Buffer.concat([Buffer.from(data + "/"), Buffer.from([0xff, 0xfe])]), "x"));
     process.chdir(data); for (let level = 0; level < 1_500; level += 1) { fs.mkdirSync("deeper"); process.chdir("deeper"); }`,
    {
      spec: volume,
      after: async (arena, attacker) => {
        const { outcome } = await arena.copyOut(attacker, "data", { bytes: 16 * mebibyte, ms: 20_000 });
        if (outcome === "too long") arena.reach("a backup that does not end");
      },
    },
  ),
];

function sizeOf(path: string): number {
  return path === "" ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
}
