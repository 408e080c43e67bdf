/**
 * `npx tsx scripts/state-machines.ts` writes docs/state-machines.md from the tables of the state machines; a test fails
 * when it is out of date. `--sql` prints the triggers that refuse any other beginning and any other move, for the migration
 * that a changed table needs; a test inserts and moves everything everywhere in a real database and fails when they differ.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type GuardedMachine, machines } from "./lib/machines";

export const machinesFile = fileURLToPath(new URL("../docs/state-machines.md", import.meta.url));

/** What docs/state-machines.md has to say. */
export function renderMachines(): string {
  return [
    "# State machines",
    "",
    "Written by `scripts/state-machines.ts` from the tables named below; don't edit it. The same tables give the statements their statuses, and a trigger for each",
    "refuses every other move, and every new row that doesn't begin as its machine does (SQLSTATE 23514). After changing a table, write a migration with the",
    "triggers that `npx tsx scripts/state-machines.ts --sql` prints. See [ADR 25](adr/0025-state-machines.md).",
    "",
    ...machines.flatMap(sectionOf),
  ].join("\n");
}

function sectionOf({ machine, table, column, file }: GuardedMachine): string[] {
  const arrows = machine.moves.map(([from, to]) => `  ${from} --> ${to}`);
  const ends = machine.states.filter((state) => !machine.moves.some(([from]) => from === state));
  const rows = machine.states.map((from) => {
    const next = machine.moves.filter(([before]) => before === from).map(([, to]) => `\`${to}\``);
    return `| \`${from}\` | ${next.join(", ") || "–"} |`;
  });
  return [
    `## ${machine.name.charAt(0).toUpperCase()}${machine.name.slice(1)}`,
    "",
    `Column \`${column}\` of \`${table}\`, table in [\`${file}\`](../${file}).`,
    "",
    "```mermaid",
    "stateDiagram-v2",
    ...machine.initial.map((state) => `  [*] --> ${state}`),
    ...arrows,
    ...ends.map((state) => `  ${state} --> [*]`),
    "```",
    "",
    `A new row is ${machine.initial.map((state) => `\`${state}\``).join(" or ")}.`,
    "",
    "| status | may become |",
    "|---|---|",
    ...rows,
    "",
  ];
}

/**
 * The triggers of all machines. The statuses and moves stand in the condition, as one short list: PostgreSQL reads the
 * condition once for each statement, and calls the function only to refuse. A transaction that writes history
 * (`allowHistory`) may begin with any status.
 */
export function renderTriggers(): string {
  return machines
    .map(({ machine, table, column }) => {
      const moves = machine.moves.filter(([from, to]) => from !== to).map((move) => move.join(" "));
      return [
        `CREATE OR REPLACE TRIGGER "${table}_begins" AFTER INSERT ON "${table}" FOR EACH ROW`,
        `WHEN (NEW."${column}" <> ALL ('{${machine.initial.join(",")}}') AND current_setting('rostrum.history', true) IS DISTINCT FROM 'on')`,
        `EXECUTE FUNCTION rostrum_refuse_beginning('${machine.name}', '${column}');`,
        "",
        `CREATE OR REPLACE TRIGGER "${table}_moves" AFTER UPDATE OF "${column}" ON "${table}" FOR EACH ROW`,
        `WHEN (OLD."${column}" IS DISTINCT FROM NEW."${column}" AND (OLD."${column}" || ' ' || NEW."${column}") <> ALL ('{${moves.join(",")}}'))`,
        `EXECUTE FUNCTION rostrum_refuse_move('${machine.name}', '${column}');`,
        "",
      ].join("\n");
    })
    .join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--sql")) {
    console.log(renderTriggers());
  } else if (process.argv.includes("--check")) {
    const isCurrent = readFileSync(machinesFile, "utf8") === renderMachines();
    if (!isCurrent)
      console.error("docs/state-machines.md is out of date: run npx tsx scripts/state-machines.ts");
    process.exitCode = isCurrent ? 0 : 1;
  } else {
    writeFileSync(machinesFile, renderMachines());
  }
}
