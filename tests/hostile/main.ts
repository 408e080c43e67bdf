/**
 * Runs every attack of the machine cloud as the user this program has and writes what came of each to a report:
 * `main.mjs <folder of this run> <folder of the kit> <report> <first port> <first user id> [ids of attacks]`.
 * A program of its own, because it plays the worker: its environment and its processes are what attackers look for.
 */
import { appendFileSync } from "node:fs";
import { machineAttacks } from "./attacks";
import { Field } from "./support/field";
import { hostFigures } from "./support/host";
import { baselineOf, leftOnHost, type ReportLine, runAttacks } from "./support/runner";

const [, , base = "", kit = "", report = "", firstPort = "0", firstUid = "0", ...ids] = process.argv;
const from = Number(firstPort);
// A harness whose test was ended has no one to run for.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), 1_000).unref();
const chosen = machineAttacks.filter((attack) => ids.length === 0 || ids.includes(attack.id));
const field = new Field({ base, kit, portRange: [from, from + 399], firstUid: Number(firstUid) });
const before = baselineOf(field, base);
try {
  await field.prepare();
  await runAttacks(field, chosen, report);
} finally {
  await field.close();
}
const left = await leftOnHost(field, before);
const line: ReportLine = { type: "host", before: before.figures, after: hostFigures(base), left };
appendFileSync(report, `${JSON.stringify(line)}\n`);
// A cloud that left something open must not keep the report waiting.
process.exit(0);
