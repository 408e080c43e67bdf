import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { machineAttacks } from "./attacks";
import type { Outcome } from "./support/attack";
import { identities, type Run, runAs } from "./support/identities";
import { namespacesWork } from "./support/namespaces";
import { printTable } from "./support/table";

const table: { identity: string; outcomes: Outcome[] }[] = [];
afterAll(() => printTable("machine", table));

describe.each(identities())("hostile components on the machine cloud, as $name", (identity) => {
  let run: Run;
  let outcomes: Map<string, Outcome>;
  beforeAll(async () => {
    run = await runAs(identity);
    const all = run.lines.flatMap((line) => (line.type === "outcome" ? [line] : []));
    outcomes = new Map(all.map((outcome) => [outcome.id, outcome]));
    table.push({ identity: identity.name, outcomes: all });
  }, 600_000);

  it("ran to its end", () => expect(run.failure).toBeNull());

  it("says how it isolates, as this machine allows", () => {
    const facts = run.lines.find((line) => line.type === "facts")?.facts;
    if (namespacesWork(identity.uid)) expect(facts?.isolation).toBe("namespaces");
    else expect(["separate users", "none"]).toContain(facts?.isolation);
    expect(facts?.network).toMatch(/^(isolated$|shared)/);
  });

  const fits = machineAttacks.filter((attack) => !attack.rootOnly || identity.uid === 0);
  it.each(fits.map((attack) => [attack.id, attack.aim]))("%s: %s", (id) => {
    const outcome = outcomes.get(id);
    if (!outcome) throw new Error("It was not run to its end.");
    if (outcome.result !== "said") {
      expect(outcome.reached, outcome.notes.join("\n")).toEqual([]);
    }
    expect(outcome.left).toEqual([]);
  });

  it("leaves the host as it was", () => {
    const host = run.lines.find((line) => line.type === "host");
    if (!host) throw new Error("It did not come to its end.");
    const { before, after, left } = host;
    expect(left).toEqual([]);
    expect(after.names.filter((name) => !before.names.includes(name))).toEqual([]);
    const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
    const lost = mebibytes(before.freeBytes - after.freeBytes);
    const shared = mebibytes(after.sharedMemoryBytes - before.sharedMemoryBytes);
    console.log(
      `host, ${identity.name}: ${before.processes} processes before, ${after.processes} after; disk ${lost} MiB less; shared memory ${shared} MiB more`,
    );
    // Others write to this disk as well: what the attackers left is looked for by its owner above.
    expect(lost).toBeLessThan(256);
    expect(shared).toBeLessThan(8);
  });
});
