import { Client } from "pg";
import { messageOf } from "@/lib/kernel/errors";
import type { Arena } from "../support/arena";
import type { Attack } from "../support/attack";

const superuser = "A2 · superuser of a database";
const takeOver = "A3 · another environment's database";

const size = { memoryBytes: 256 * 2 ** 20 };
const database = (options: Record<string, string>, args: string[] = []) => ({
  spec: {
    program: "postgres",
    args,
    files: undefined,
    ports: [5432],
    options: { password: "of-the-attacker", ...options },
  },
  size,
});

const impatient = {
  probe: { type: "tcp" as const },
  intervalMs: 1_000,
  timeoutMs: 1_000,
  failures: 3,
  graceMs: 10_000,
};

async function connect(arena: Arena, name: string, user: string, password: string, base = "postgres") {
  const seen = await arena.observe(name);
  const port = seen.present ? seen.external.ports["5432"] : undefined;
  if (!seen.present || !port) return null;
  const client = new Client({
    host: seen.external.host,
    port,
    user,
    password,
    database: base,
    connectionTimeoutMillis: 4_000,
    statement_timeout: 8_000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    arena.note(`${name} as ${user}: ${messageOf(error)}`);
    return null;
  }
}

/** Tries statements; those in `forbidden` must fail. */
async function tryForbidden(
  arena: Arena,
  client: Client | null,
  forbidden: Record<string, string>,
): Promise<void> {
  if (!client) return;
  try {
    for (const [what, sql] of Object.entries(forbidden)) {
      try {
        const { rows } = await client.query(sql);
        arena.saw(JSON.stringify(rows));
        arena.reach(what);
      } catch (error) {
        arena.note(messageOf(error));
      }
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

const powers = {
  "commands on the host by COPY FROM PROGRAM":
    "create temporary table a(t text); copy a from program 'id'; select * from a",
  "files of the host by pg_read_file": "select pg_read_file('/etc/hostname')",
  "the role of the superuser": "set role postgres",
  "a program by a setting": "alter system set archive_command = 'true'",
  "the right to run programs": "grant pg_execute_server_program to current_user",
};

/** Attacks by way of the PostgreSQL runtime, whose superuser Rostrum itself is. */
export const postgresAttacks: Attack[] = [
  ...["postgres", "pg_monitor", "POSTGRES"].map(
    (user): Attack => ({
      id: `database-owner-${user.toLowerCase()}${user === "POSTGRES" ? "-quoted" : ""}`,
      of: superuser,
      aim: `superuser by naming its user "${user}"`,
      async run(arena) {
        const name = await arena.deploy(database({ user, database: "app" }), "db");
        await tryForbidden(arena, await connect(arena, name, user, "of-the-attacker"), powers);
      },
    }),
  ),
  {
    id: "database-owner-climbs",
    of: superuser,
    aim: "superuser as the ordinary owner of a database",
    async run(arena) {
      const name = await arena.deploy(database({ user: "app" }), "db");
      await tryForbidden(arena, await connect(arena, name, "app", "of-the-attacker", "app"), {
        ...powers,
        "a superuser of its own": "create role mine superuser login password 'x'",
        "superuser for itself": "alter role app superuser",
        "a replication role": "create role copy replication login password 'x'",
        "an untrusted language": "create extension plperlu",
        "files of the host by large objects": "select lo_import('/etc/hostname')",
      });
    },
  },
  {
    id: "database-arguments",
    of: superuser,
    aim: "loose access rules by arguments of the server",
    async run(arena) {
      const hba = "/tmp/hostile-hba";
      const args = [
        "-c",
        `hba_file=${hba}`,
        "-c",
        "unix_socket_directories=/tmp",
        "-c",
        "listen_addresses=0.0.0.0",
      ];
      const body = `fs.writeFileSync("${hba}", "local all all trust\\nhost all all all trust\\n");`;
      const helper = await arena.deploy({ body });
      await arena.untilDone(helper);
      const name = await arena.deploy(database({ user: "app" }, args), "db");
      await tryForbidden(arena, await connect(arena, name, "postgres", "wrong"), powers);
      await arena.exec(helper, ["rm", "-f", hba]);
    },
  },
  ...(["folder", "socket"] as const).map(
    (what): Attack => ({
      id: `database-socket-${what}-replaced`,
      of: takeOver,
      aim: `another environment's server, by its own ${what} replaced by a link to that one's`,
      async run(arena) {
        const victim = await arena.deploy(database({ user: "app", password: "of-the-victim" }), "shopdb");
        const attacker = await arena.deploy(database({ user: "app" }), "db");
        const seen = await arena.observe(victim);
        if (!seen.present) return arena.note("the victim's server did not start");
        const place = String(seen.attributes.directory ?? "");
        const port = seen.external.ports["5432"];
        const ownPort = await portOf(arena, attacker);
        const swap =
          what === "folder"
            ? `rename $run, "$run.aside"; symlink("${place}/run", $run);`
            : `unlink "$run/.s.PGSQL.${ownPort}"; symlink("${place}/run/.s.PGSQL.${port}", "$run/.s.PGSQL.${ownPort}");`;
        const script = `for my $run ($ENV{HOME}, $ENV{TMPDIR}, "/run/postgresql", "/tmp") { next unless $run && -d $run; ${swap} symlink("${place}/run/.s.PGSQL.${port}", "$run/.s.PGSQL.${ownPort}"); print "$run: ", readlink($run) // "no link", "\\n" }`;
        await arena.exec(attacker, ["perl", "-e", script]);
        // It may never be ready any more, which is waited for less long than usual.
        const changed = { ...database({ user: "app", password: "set-by-the-attacker" }), health: impatient };
        await arena.deploy(changed, "db");
        await arena.restart(attacker);
        const taken = await connect(arena, victim, "app", "set-by-the-attacker");
        if (taken) arena.reach("the password of another environment's database was set");
        await taken?.end();
        await arena.copyOut(attacker, "data", { bytes: 200 * 2 ** 20, ms: 20_000 });
      },
    }),
  ),
];

async function portOf(arena: Arena, name: string): Promise<number | undefined> {
  const seen = await arena.observe(name);
  return seen.present ? seen.external.ports["5432"] : undefined;
}
