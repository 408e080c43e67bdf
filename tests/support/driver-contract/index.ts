import { describe } from "vitest";
import { testChanges } from "./changes";
import { testInside } from "./inside";
import { testRunning } from "./running";
import type { ContractSetup } from "./subject";
import { openTrial } from "./trial";
import { testVanishing } from "./vanishing";
import { testView } from "./view";

/**
 * The contract every cloud driver keeps, as one suite. A capability the driver does not have is skipped, by name, so
 * that the report shows it.
 */
export function describeDriverContract(name: string, setup: ContractSetup): void {
  const reason = setup.skip ?? null;
  const title = reason === null ? `${name} keeps the driver contract` : `${name} (skipped: ${reason})`;
  describe.skipIf(reason !== null)(title, () => {
    const trial = openTrial(setup);
    testView(trial, setup);
    testChanges(trial);
    testRunning(trial);
    testInside(trial);
    testVanishing(trial, setup);
  });
}
