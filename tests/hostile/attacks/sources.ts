import { monitorEventLoopDelay } from "node:perf_hooks";
import { tarOf, tgzOf, zipOf } from "../support/archives";
import type { Arena } from "../support/arena";
import type { Attack } from "../support/attack";
import { serveGit } from "../support/git-server";

const guard = "A13 · addresses of Git";
const contents = "A4 · links in a source";
const uploads = "A15 · archives";

const asSource = (archive: object) => ({ archive, files: undefined, args: ["server.cjs"], prepare: [] });

async function tryAddresses(arena: Arena, addresses: (port: number) => string[]): Promise<void> {
  const server = await serveGit({});
  try {
    for (const [index, git] of addresses(server.port).entries()) {
      const before = server.hits;
      await arena.deploy({ spec: asSource({ git, ref: "main" }) }, `source${index}`);
      if (server.hits > before)
        arena.reach(`a service on loopback by ${git.replace(String(server.port), "…")}`);
    }
  } finally {
    await server.close();
  }
}

/** An archive that is no one's attack must work, or those that are refused prove nothing. */
async function tryHarmless(arena: Arena): Promise<void> {
  const upload = await tgzOf([{ name: "app.txt", text: "harmless" }]);
  const site = await arena.deploy({ upload, spec: { archive: { upload: "upl_1" } } }, "harmless");
  if (!(await arena.observe(site)).present) throw new Error("A harmless archive was refused.");
}

async function tryUpload(arena: Arena, upload: Buffer, name: string): Promise<void> {
  await arena.deploy({ upload, spec: { archive: { upload: "upl_1" } } }, name);
  for (const special of arena.field.specialsOf(arena.environmentIds)) arena.reach(special);
}

/** Attacks by what a component is made of: repositories, archives, links and names in them. */
export const sourceAttacks: Attack[] = [
  {
    id: "git-two-parsers",
    of: guard,
    aim: "loopback by an address that two parsers read differently",
    run: (arena) =>
      tryAddresses(arena, (port) => [
        `http://192.0.2.1\\@127.0.0.1:${port}/bare.git`,
        `http://192.0.2.1:80\\@127.0.0.1:${port}/bare.git`,
        `http://192.0.2.1\\\\@localhost:${port}/bare.git`,
      ]),
  },
  {
    id: "git-disguised-loopback",
    of: guard,
    aim: "loopback by another way to write it",
    run: (arena) =>
      tryAddresses(arena, (port) => [
        `http://127.1:${port}/bare.git`,
        `http://2130706433:${port}/bare.git`,
        `http://0x7f000001:${port}/bare.git`,
        `http://[::ffff:127.0.0.1]:${port}/bare.git`,
        `http://0.0.0.0:${port}/bare.git`,
        `http://localhost.:${port}/bare.git`,
        `http://user:word@127.0.0.1:${port}/bare.git`,
      ]),
  },
  {
    id: "git-commands",
    of: guard,
    aim: "a command by the address or the branch of a repository",
    async run(arena) {
      const mark = `touch /tmp/${arena.token}`;
      const sources = [
        { git: `ssh://-oProxyCommand=${mark.replace(" ", "${IFS}")}/x` },
        { git: `ext::sh -c ${mark.replaceAll(" ", "%20")}` },
        { git: "file:///etc", ref: `--upload-pack=${mark}` },
        { git: `--upload-pack=${mark}` },
        { git: "http://127.0.0.1:1/x", ref: "-x" },
      ];
      for (const [index, source] of sources.entries()) {
        await arena.deploy({ spec: asSource(source) }, `source${index}`);
      }
    },
  },
  {
    id: "git-links-served",
    of: contents,
    aim: "the host's files by links in a repository that a web server shows",
    async run(arena) {
      const { secretKey, dataDir, backup } = arena.field.canaries;
      const links = { key: secretKey, all: dataDir, backup, up: "../../../../../../../../" };
      const server = await serveGit({ links, files: { "index.html": "<p>site" } });
      try {
        await arena.reopen({ allowFileGit: true });
        const spec = {
          program: "static",
          args: [],
          ports: [8080],
          files: undefined,
          archive: { git: server.address, ref: "main" },
        };
        const site = await arena.deploy({ spec });
        const seen = await arena.observe(site);
        if (!seen.present || !seen.url) return arena.note("the site did not start");
        const paths = ["key", "all/secret.key", "backup", `up${secretKey}`, `..%2f..%2f..%2f..${secretKey}`];
        for (const path of paths) {
          const response = await fetch(`${seen.url}/${path}`, { signal: AbortSignal.timeout(5_000) }).catch(
            () => null,
          );
          arena.saw((await response?.text()) ?? "");
        }
        for (const path of ["all", "up", "key"]) await arena.copyOut(site, path);
      } finally {
        await server.close();
      }
    },
  },
  {
    id: "git-links-written-through",
    of: contents,
    aim: "the host's files, written through links of a repository",
    async run(arena) {
      const { precious, base } = arena.field.canaries;
      const server = await serveGit({ links: { app: precious, data: base, "seed/inner": precious } });
      try {
        await arena.reopen({ allowFileGit: true });
        const archive = { git: server.address, ref: "main" };
        const files = { "app/app/planted": "planted", "app/data/precious/planted": "planted" };
        await arena.deploy({ files, spec: { archive } }, "one");
        await arena.deploy({ spec: { archive, volumes: ["data:/app/data", "more:/data/precious"] } }, "two");
        await arena.deploy({ spec: { archive, volumes: ["data:/seed"] } }, "three");
      } finally {
        await server.close();
      }
    },
  },
  {
    id: "upload-tar",
    of: uploads,
    aim: "set-id files, devices, links and names outside by a tar",
    async run(arena) {
      const { precious } = arena.field.canaries;
      const app = { name: "app.txt", text: "x" };
      const tars = [
        [{ name: "own", mode: 0o6755, text: "x" }],
        [{ name: "disk", type: "block-device" as const, devmajor: 254, devminor: 0 }],
        [{ name: "pipe", type: "fifo" as const }],
        [{ name: "twin", type: "link" as const, linkname: "/etc/hostname" }],
        [
          { name: "way", type: "symlink" as const, linkname: precious },
          { name: "way/planted", text: "x" },
        ],
        [{ name: "../../../../../../../../tmp/hostile-planted", text: "x" }],
        [{ name: `${precious}/planted`, text: "x" }],
      ];
      await tryHarmless(arena);
      for (const [index, entries] of tars.entries()) {
        await tryUpload(arena, await tgzOf([app, ...entries]), `tar${index}`);
      }
    },
  },
  {
    id: "upload-zip",
    of: uploads,
    aim: "set-id files, links and names outside by a zip",
    async run(arena) {
      const { precious } = arena.field.canaries;
      const app = { name: "app.txt", mode: 0o100644, text: "x" };
      const zips = [
        [{ name: "own", mode: 0o106755, text: "x" }],
        [
          { name: "way", mode: 0o120777, text: precious },
          { name: "way/planted", mode: 0o100644, text: "x" },
        ],
        [{ name: "../../../../../../../../tmp/hostile-planted", mode: 0o100644, text: "x" }],
        [{ name: `${precious}/planted`, mode: 0o100644, text: "x" }],
        [{ name: "..\\..\\planted", mode: 0o100644, text: "x" }],
      ];
      await tryHarmless(arena);
      for (const [index, files] of zips.entries())
        await tryUpload(arena, zipOf([app, ...files]), `zip${index}`);
    },
  },
  {
    id: "upload-bomb",
    of: uploads,
    aim: "time and space by a small archive",
    alone: true,
    async run(arena) {
      const folders = Array.from({ length: 60_000 }, (_, at) => ({
        name: `f/${at}/`,
        type: "directory" as const,
      }));
      const bombs: Record<string, Buffer> = {
        folders: await tgzOf(folders),
        zeros: await tgzOf([
          { name: "app.txt", text: "x" },
          { name: "zeros", text: "0".repeat(100 * 2 ** 20) },
        ]),
        trailing: Buffer.concat([await tarOf([{ name: "app.txt", text: "x" }]), Buffer.alloc(32 * 2 ** 20)]),
      };
      await tryHarmless(arena);
      for (const [name, upload] of Object.entries(bombs)) {
        const delay = monitorEventLoopDelay({ resolution: 20 });
        const startedMs = Date.now();
        delay.enable();
        await arena.deploy({ upload, spec: { archive: { upload: "upl_1" } } }, name);
        delay.disable();
        const ms = Date.now() - startedMs;
        arena.note(
          `${name}: ${upload.length} bytes took ${ms} ms, the longest stop ${Math.round(delay.max / 1e6)} ms`,
        );
        if (ms > 30_000) arena.reach(`${Math.round(ms / 1_000)} s by ${upload.length} bytes of ${name}`);
        if (delay.max > 3e9)
          arena.reach(`the worker stood still for ${Math.round(delay.max / 1e6)} ms by ${name}`);
      }
    },
  },
];
