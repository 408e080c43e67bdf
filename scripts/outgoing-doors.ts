import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A place in the source that can open a connection to somewhere else. */
export interface OutgoingDoor {
  file: string;
  /** What opens it: "fetch(", "node:net connect". */
  what: string;
}

/**
 * The files that may connect outward beside `requestOutgoing` and `requestComponent`, each with the reason. Everything else
 * goes through lib/platform/outgoing, which judges an address once and connects to what it judged.
 */
export const allowedDoors: Readonly<Record<string, string>> = {
  "lib/platform/outgoing/client.ts": "the client itself",
  "lib/platform/outgoing/target.ts": "the one look-up of a name",
  "lib/clouds/probe.ts": "a TCP check of a port that the component's driver gave; nothing is sent",
  "lib/clouds/machine/runtimes/redis.ts": "PING to the Redis that the driver itself started",
  "lib/clouds/machine/scripts/balancer.ts": "a program of its own in front of a component's replicas",
  "lib/clouds/docker/network-probe.ts": "a program inside a container, in the environment's own network",
  "lib/clouds/docker/balancer.ts": "a program inside a container, in the environment's own network",
  "lib/platform/db/connections.ts": "Rostrum's own database",
  "lib/platform/db/value-types.ts": "Rostrum's own database: types of its values",
  "lib/platform/db/binding.ts": "Rostrum's own database",
  "lib/platform/db/embedded.ts": "Rostrum's own database",
  "lib/platform/db/explain.ts": "Rostrum's own database",
  "lib/platform/db/held-locks.ts": "Rostrum's own database, to hold locks",
  "lib/platform/db/migrate.ts": "Rostrum's own database",
  "lib/platform/db/roles.ts": "Rostrum's own database",
  "lib/platform/installation/load-database.ts": "Rostrum's own database, and what it is restored into",
  "lib/platform/installation/restore.ts": "Rostrum's own database, and what it is restored into",
  "lib/platform/installation/save.ts": "Rostrum's own database",
  "lib/platform/installation/tables.ts": "names for statements of Rostrum's own database",
  "lib/platform/outgoing/post.ts": "the HTTPS endpoint for the audit log that the operator configured",
  "lib/platform/mail/index.ts": "the SMTP server that the operator configured",
  "lib/platform/audit/syslog.ts": "the syslog server that the operator configured",
  "lib/platform/events/hub.ts": "Rostrum's own database, to listen",
  "lib/platform/queue/backend.ts": "the queue that the operator configured",
  "lib/platform/redis/index.ts": "the Redis that the operator configured",
  "lib/platform/telemetry/spans.ts": "the OpenTelemetry receiver that the operator configured",
  "app/api/auth/[...nextauth]/route.ts": "the single sign-on provider that the operator configured",
  "lib/clouds/machine/runtimes/postgres-admin.ts": "the PostgreSQL that the driver itself started",
  "lib/clouds/docker/engine.ts": "the Docker endpoint that an administrator configured",
  "lib/clouds/docker/find-local.ts": "the sockets of this machine where a Docker engine may be",
};

const roots = ["app", "components", "lib", "workers", "prisma/seed", "proxy.ts", "instrumentation.ts"];
/** The browser speaks with Rostrum's own API through the first; the other is a page without any other file. */
const browser = new Set(["components/data/api.ts", "components/shell/unavailable-page.ts"]);
const connecting = "(?:node:)?(?:http|https|http2|net|tls|dgram|dns|dns/promises)";
const clients =
  "undici|axios|got|node-fetch|ws|nodemailer|openid-client|next-auth/next|dockerode|pg|ioredis|bullmq|@opentelemetry/exporter-trace-otlp-http";
const imports = new RegExp(
  `import\\s+(type\\s+)?([^"';]+?)\\s+from\\s+["'](${connecting}|${clients})["']`,
  "g",
);
const required = new RegExp(`(?:require|import)\\(\\s*["'](${connecting}|${clients})["']`, "g");
const globals = /(?<![\w.])(?:globalThis\.)?(fetch|new WebSocket)\(/g;
/** Names of those modules that connect nowhere. */
const harmless = new Set(["isIP", "isIPv4", "isIPv6", "BlockList", "createServer", "Server"]);

/** Every door in one file's text. */
export function doorsIn(file: string, text: string): OutgoingDoor[] {
  const found = [...text.matchAll(globals)].map((match) => `${match[1]}(`);
  for (const [, type, names = "", module = ""] of text.matchAll(imports)) {
    if (type) continue;
    const risky = names
      .replace(/[{}]/g, ",")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type ") && !harmless.has(name));
    found.push(...risky.map((name) => `${module} ${name}`));
  }
  for (const [, module] of text.matchAll(required)) found.push(`${module}`);
  return found.map((what) => ({ file, what }));
}

/** Doors that nothing allows, and allowed files that have none any more, as sentences. */
export function doorProblems(root = process.cwd()): string[] {
  const doors = roots
    .flatMap((one) => filesBelow(root, one))
    .flatMap((file) => doorsIn(file, readFileSync(join(root, file), "utf8")));
  const used = new Set(doors.map((door) => door.file));
  return [
    ...doors
      .filter(({ file }) => !(file in allowedDoors) && !browser.has(file))
      .map(({ file, what }) => `outgoing-doors: ${file} uses ${what}; use lib/platform/outgoing instead`),
    ...Object.keys(allowedDoors)
      .filter((file) => !used.has(file))
      .map((file) => `outgoing-doors: ${file} no longer opens connections; remove it from the list`),
  ];
}

function filesBelow(root: string, path: string): string[] {
  if (!existsSync(join(root, path))) return [];
  if (/\.tsx?$/.test(path)) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
