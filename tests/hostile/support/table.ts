import type { Outcome } from "./attack";

/** Prints what came of each attack, one line each, and the sum. */
export function printTable(driver: string, runs: readonly { identity: string; outcomes: Outcome[] }[]): void {
  const lines: string[] = [];
  for (const { identity, outcomes } of runs) {
    for (const { id, of, result, reached, left, ms } of outcomes) {
      const verdict =
        left.length > 0 ? "left behind" : result === "said" ? "not contained here, and said so" : result;
      const why = [...reached, ...left].join("; ").slice(0, 100);
      const seconds = `${(ms / 1_000).toFixed(1)} s`.padStart(7);
      lines.push(
        `${driver.padEnd(8)} ${identity.padEnd(14)} ${id.padEnd(30)} ${of.padEnd(38)} ${verdict} ${seconds} ${why}`.trimEnd(),
      );
    }
  }
  for (const { identity, outcomes } of runs) {
    const contained = outcomes.filter((one) => one.result === "contained" && one.left.length === 0).length;
    const said = outcomes.filter((one) => one.result === "said").length;
    const rest = outcomes.length - contained - said;
    lines.push(
      `${driver}, ${identity}: ${outcomes.length} attacks, ${contained} contained, ${said} not contained here and said so, ${rest} not contained`,
    );
  }
  console.log(`\n${lines.join("\n")}\n`);
}
