import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Whose each table is: the folder of the one noun it belongs to, whose stores alone name it and its columns. A table with
 * two folders has two halves, and the reason stands beside it. Other folders ask the owner's functions by key or by ids;
 * a statement that has to filter, sort or count by another noun joins what the owner publishes in `joins.ts`.
 */
export const owners: Readonly<Record<string, readonly string[]>> = {
  account: ["lib/features/identity"],
  api_token: ["lib/features/tokens", "lib/platform/auth"], // auth notes when one was used
  app_user: ["lib/features/users", "lib/features/identity"], // identity signs in, users administers
  approval: ["lib/features/requests"],
  audit_event: ["lib/platform/audit"],
  audit_seal: ["lib/features/audit"],
  backup: ["lib/features/backups"],
  backup_part: ["lib/features/backups"],
  budget_alert: ["lib/features/chargeback"],
  charge: ["lib/features/metering"],
  cloud: ["lib/features/clouds"],
  cost_center: ["lib/features/projects"],
  cost_sum: ["lib/features/metering"],
  daily_cost: ["lib/features/metering"],
  demo_link: ["lib/features/identity"],
  environment: ["lib/features/environments"],
  environment_secret: ["lib/features/environments"],
  event: ["lib/platform/events"],
  former_secret: ["lib/features/environments"],
  git_credential: ["lib/features/credentials"],
  idempotency_record: ["lib/platform/http"],
  ignored_orphan: ["lib/features/orphans"],
  incident: ["lib/features/monitoring"],
  job_turn: ["lib/features/workers"],
  login_throttle: ["lib/features/identity"],
  metered_hour: ["lib/features/metering"],
  notification: ["lib/features/notifications"],
  notification_preference: ["lib/features/notifications"],
  outbox_message: ["lib/features/notifications"],
  plan: ["lib/features/requests"],
  price: ["lib/features/chargeback"],
  price_book: ["lib/features/chargeback"],
  project: ["lib/features/projects"],
  project_member: ["lib/features/projects"],
  rate_limit_count: ["lib/platform/http"],
  request: ["lib/features/requests"],
  reservation: ["lib/features/quotas"],
  resource: ["lib/engine/run", "lib/features/environments"], // runs make them, environments keep what is observed
  resource_history: ["lib/features/metering"],
  run: ["lib/engine/run"],
  sample: ["lib/features/monitoring"],
  session: ["lib/features/identity", "lib/platform/auth"], // auth notes when one was used
  setting: ["lib/features/settings", "lib/platform/db"], // the database notes which installation it belongs to
  statement: ["lib/features/chargeback"],
  step: ["lib/engine/run"],
  step_log: ["lib/engine/run"],
  template: ["lib/features/catalog"],
  template_file: ["lib/features/catalog"],
  template_version: ["lib/features/catalog"],
  unpriced_usage: ["lib/features/metering"],
  upload: ["lib/features/catalog"],
  upload_use: ["lib/features/catalog"],
  usage_record: ["lib/features/metering"],
  webhook: ["lib/features/notifications"],
  worker_instance: ["lib/features/workers"],
};

/** Files that write what is not theirs, each with its reason. The list may only shrink. */
const exceptions: { file: RegExp; reason: string }[] = [
  {
    file: /^prisma\/seed\//,
    reason: "writes demo data as if it had happened",
  },
  {
    file: /^lib\/features\/setup\/demo\//,
    reason: "removes all demo data",
  },
  {
    file: /^lib\/features\/runs\/ended\.sql\.ts$/,
    reason: "the end of many runs is one statement: environment, request, secrets",
  },
  {
    file: /^lib\/platform\/db\/binding/,
    reason: "notes a takeover in the audit trail before anything else runs",
  },
];

/**
 * How many pairs there may be, each of which may only become fewer: of a folder and a table of others that it names itself
 * (raw SQL of the ledger and of batches, what the layers below the features read, the removal of demo data), and of a
 * folder and rows that it joins by what their owner publishes.
 */
export const most = { foreign: 31, joined: 107 };

const roots = ["app", "lib", "workers", "prisma/seed"];
const storeFile = /(?:^|\/)(?:store(?:-[\w-]+)?|joins|[\w-]+\.sql)\.ts$/;
/** Below here files are called by what they are for; each folder owns its tables. */
const platform = /^lib\/platform\//;

/** The tables a file's statements write and read. */
export interface Touched {
  writes: Set<string>;
  reads: Set<string>;
}

export function touchedIn(text: string, tables: ReadonlyMap<string, string>): Touched {
  const known = new Set(tables.values());
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = ""]) => name);
  const ofModels = (verbs: string) =>
    all(new RegExp(`\\bprisma\\s*\\.\\s*(\\w+)\\s*\\.\\s*(?:${verbs})\\w*\\(`, "g")).concat(
      all(new RegExp(`\\bgetPrisma\\(\\)\\s*\\.\\s*(\\w+)\\s*\\.\\s*(?:${verbs})\\w*\\(`, "g")),
    );
  const named = (names: string[]) => new Set(names.filter((name) => known.has(name)));
  const models = (names: string[]) => names.flatMap((name) => tables.get(name) ?? []);
  return {
    writes: named([
      ...all(/\b(?:insertInto|updateTable|deleteFrom)\(\s*"(\w+)/g),
      ...all(/\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)/g),
      ...models(ofModels("create|update|upsert|delete")),
    ]),
    reads: named([
      ...all(/(?:selectFrom|Join|JoinLateral|using|from)\(\s*"(\w+)/g),
      ...all(/\b(?:FROM|JOIN)\s+(\w+)/g),
      ...inTemplates(text).flatMap((sql) =>
        [...sql.matchAll(/\b(?:from|join)\s+(\w+)/gi)].map(([, name = ""]) => name),
      ),
      ...models(ofModels("find|count|aggregate|groupBy")),
    ]),
  };
}

/** The texts of SQL in a file, whatever case they are written in. */
const inTemplates = (text: string) =>
  [...text.matchAll(/\bsql(?:<[^`]*?>)?`([^`]*)`/g)].map(([, sql = ""]) => sql);

/** What a file joins of what others publish: folder of the owner, and name. */
export function joinedIn(text: string): string[] {
  const imports = text.matchAll(/import \{([^}]*)\} from "@\/(lib\/[\w/-]+)\/joins"/g);
  return [...imports].flatMap(([, names = "", owner = ""]) =>
    names.split(",").flatMap((name) => (name.trim() === "" ? [] : [`${owner} ${name.trim()}`])),
  );
}

/** Name of the model in code → table, of the Prisma schema. */
export function readTables(root = process.cwd()): Map<string, string> {
  const folder = join(root, "prisma/schema");
  const text = readdirSync(folder)
    .filter((name) => name.endsWith(".prisma"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const models = [...text.matchAll(/^model (\w+) \{[\s\S]*?@@map\("(\w+)"\)[\s\S]*?^\}/gm)];
  return new Map(
    models.map(([, model = "", table = ""]) => [model[0]?.toLowerCase() + model.slice(1), table]),
  );
}

/** What is wrong with one file: statements where there should be none, and writes to tables of others. */
export function problemsOf(file: string, { writes, reads }: Touched): string[] {
  const problems: string[] = [];
  if (writes.size + reads.size > 0 && !storeFile.test(file) && !platform.test(file)) {
    const names = [...new Set([...writes, ...reads])].join(", ");
    problems.push(`table-owners: ${file} holds statements (${names}): move them to a store.ts or *.sql.ts`);
  }
  if (exceptions.some((one) => one.file.test(file))) return problems;
  for (const table of writes) {
    if (isOwn(file, table)) continue;
    problems.push(`table-owners: ${file} writes ${table}, which belongs to ${owners[table]?.join(" and ")}`);
  }
  return problems;
}

const isOwn = (file: string, table: string) =>
  (owners[table] ?? []).some((folder) => file.startsWith(`${folder}/`));

/** The check of all files: one line to print, and the problems. */
export function judgeOwners(root = process.cwd()): { line: string; problems: string[] } {
  const tables = readTables(root);
  const problems = [...tables.values()]
    .filter((table) => !owners[table])
    .map((table) => `table-owners: nothing says who owns ${table} (scripts/table-owners.ts)`);
  const foreign = new Set<string>();
  const joined = new Set<string>();
  for (const file of roots.flatMap((one) => filesBelow(root, one))) {
    const text = readFileSync(join(root, file), "utf8");
    const touched = touchedIn(text, tables);
    problems.push(...problemsOf(file, touched), ...joinProblems(file, text));
    const folder = file.split("/").slice(0, 3).join("/");
    for (const table of touched.reads) if (!isOwn(file, table)) foreign.add(`${folder} ${table}`);
    for (const rows of joinedIn(text)) joined.add(`${folder} ${rows}`);
  }
  const found = { foreign: foreign.size, joined: joined.size };
  for (const key of ["foreign", "joined"] as const) {
    const what = `${found[key]} pairs of a folder and ${key === "foreign" ? "a table of others that it names" : "rows of others that it joins"}`;
    if (found[key] > most[key])
      problems.push(`table-owners: ${what}, ${most[key]} at most: ask the owner’s functions`);
    if (found[key] < most[key]) problems.push(`table-owners: ${what} by now: lower most.${key}`);
  }
  return {
    line: `Tables: ${tables.size}, each written by its owner; ${foreign.size} pairs of a folder and a foreign table it names, ${joined.size} of a folder and rows it joins by what their owner publishes`,
    problems,
  };
}

/** What is published is joined in stores, and is the owner's alone to name. */
export function joinProblems(file: string, text: string): string[] {
  const names = joinedIn(text);
  if (names.length === 0) return [];
  if (!storeFile.test(file))
    return [`table-owners: ${file} joins ${names.join(", ")}: statements stand in a store.ts or *.sql.ts`];
  const locking = text.split(";").filter((statement) => locks.test(statement) && ofPublished.test(statement));
  return locking.length === 0
    ? []
    : [
        `table-owners: ${file} locks rows that others publish: all of them would be locked; ask the owner’s functions`,
      ];
}

const locks = /\.for(?:NoKey|Key)?(?:Update|Share)\(/;
/** In FROM, that is; in a condition they are not locked. */
const ofPublished = /(?:\bstatements\s*\.selectFrom|\.(?:inner|left)Join)\(\s*\w+\.as\(/;

function filesBelow(root: string, path: string): string[] {
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
