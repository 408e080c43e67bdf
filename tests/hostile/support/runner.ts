import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@/lib/kernel/errors";
import { Arena } from "./arena";
import type { Attack, Outcome } from "./attack";
import type { Field } from "./field";
import { droppings, type HostFigures, hostFigures, hostProcesses } from "./host";

const attackMs = 75_000;
const besides = 6;

/** What a run of all attacks leaves in its report, one JSON object per line. */
export type ReportLine =
  | { type: "facts"; facts: Record<string, string>; uid: number }
  | ({ type: "outcome" } & Outcome)
  | { type: "host"; before: HostFigures; after: HostFigures; left: string[] };

/** Runs attacks on the field, some beside each other, those that take much of the machine one by one. */
export async function runAttacks(field: Field, attacks: readonly Attack[], report: string): Promise<void> {
  const write = (line: ReportLine) => appendFileSync(report, `${JSON.stringify(line)}\n`);
  write({ type: "facts", facts: field.facts, uid: process.getuid?.() ?? 0 });
  const fits = attacks.filter((attack) => !attack.rootOnly || process.getuid?.() === 0);
  const queue = fits.filter((attack) => !attack.alone);
  const running = new Set<Arena>();
  const lane = async () => {
    for (let attack = queue.shift(); attack; attack = queue.shift()) {
      write({ type: "outcome", ...(await runOne(field, attack, running)) });
    }
  };
  await Promise.all(Array.from({ length: besides }, lane));
  for (const attack of fits.filter((one) => one.alone)) {
    write({ type: "outcome", ...(await runOne(field, attack, running)) });
  }
}

async function runOne(field: Field, attack: Attack, running: Set<Arena>): Promise<Outcome> {
  const arena = new Arena(field, attack.id);
  running.add(arena);
  const startedMs = Date.now();
  const over = new AbortController();
  try {
    const late = sleep(attackMs, "late", { signal: over.signal }).catch(() => "over");
    const end = await Promise.race([attack.run(arena), late]);
    if (end === "late") arena.reach(`the cloud was kept busy for more than ${attackMs / 1_000} s`);
  } catch (error) {
    arena.reach(`the harness failed: ${messageOf(error)}`);
  } finally {
    over.abort();
  }
  const uids = field.uidsOf(arena.token);
  const undestroyed = await arena.destroy();
  const left = [...undestroyed, ...(await field.leftOf(arena, uids))];
  for (const damage of [...field.canaries.damages(), ...(await victimDamages(field))]) {
    // Every program that ran may have done it: all of them are told of, not the one that ends first.
    const suspects = [...running];
    const names = suspects.map((one) => one.id).join(", ");
    for (const one of suspects) one.reach(suspects.length > 1 ? `${damage} (while ${names} ran)` : damage);
  }
  running.delete(arena);
  const { id, of, aim } = attack;
  const reached = [...arena.reached];
  const result = reached.length === 0 ? "contained" : isSaid(field, attack) ? "said" : "reached";
  const notes = reached.length > 0 ? [...arena.notes, arena.lastSeen] : arena.notes;
  return { id, of, aim, result, reached, left, notes, ms: Date.now() - startedMs };
}

async function victimDamages(field: Field): Promise<string[]> {
  try {
    return await field.victim.damages();
  } catch (error) {
    return [`a component of another environment cannot be looked at: ${messageOf(error)}`];
  }
}

/** Whether the cloud itself says that it cannot hold this kind of attack on this machine. */
function isSaid(field: Field, attack: Attack): boolean {
  const { network, limits, isolation } = field.facts;
  if (isolation === "separate users" || isolation === "none") return true;
  if (attack.needs === "network") return network?.startsWith("shared") ?? false;
  if (attack.needs === "limits") return limits?.startsWith("not enforced") ?? false;
  return false;
}

/** Who and what was there before the first attack. */
export interface Baseline {
  figures: HostFigures;
  processes: ReadonlySet<number>;
  files: ReadonlySet<string>;
}

export function baselineOf(field: Field, folder: string): Baseline {
  return {
    figures: hostFigures(folder),
    processes: new Set(hostProcesses().map((info) => info.pid)),
    files: new Set(droppings("hostile-", (uid) => isAttackers(field, uid))),
  };
}

/** As root attackers have users of this run alone; otherwise everything new of this very user is suspect. */
function isAttackers(field: Field, uid: number): boolean {
  const mine = process.getuid?.() ?? 0;
  return mine === 0 ? field.isGivenUid(uid) : uid === mine;
}

/** What is on the host after the last attack that was not there before. Looks again before it believes. */
export async function leftOnHost(field: Field, before: Baseline): Promise<string[]> {
  const look = () => [
    ...hostProcesses()
      .filter((info) => !before.processes.has(info.pid) && isAttackers(field, info.uid))
      .map((info) => `process ${info.pid} (${info.state}) of user ${info.uid}: ${info.command}`),
    ...droppings("hostile-", (uid) => isAttackers(field, uid)).filter((path) => !before.files.has(path)),
  ];
  let found = look();
  for (let tries = 0; found.length > 0 && tries < 20; tries += 1) {
    await sleep(250);
    found = look();
  }
  return found;
}
