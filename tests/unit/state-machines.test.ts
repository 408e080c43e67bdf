import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inSql } from "@/lib/platform/db/literals";
import { machines } from "@/scripts/lib/machines";
import { machinesFile, renderMachines } from "@/scripts/state-machines";

describe("the state machines", () => {
  it("are documented as they are: npx tsx scripts/state-machines.ts", () => {
    expect(readFileSync(machinesFile, "utf8")).toBe(renderMachines());
  });

  it.each(machines)("of $table let every state be reached from a first one", ({ machine }) => {
    const reached = new Set(machine.initial);
    // A set is walked over what is added to it meanwhile.
    for (const from of reached)
      for (const [before, to] of machine.moves) if (before === from) reached.add(to);
    expect([...reached].sort()).toEqual([...machine.states].sort());
  });

  it("puts only names into raw SQL", () => {
    expect(inSql(["in_review", "a b"])).toBe("('in_review', 'a b')");
    expect(() => inSql(["x' OR true --"])).toThrow(TypeError);
  });
});
