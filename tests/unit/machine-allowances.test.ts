import { describe, expect, it } from "vitest";
import { allowancesOf } from "@/lib/clouds/machine/allowances";
import { machineConfigSchema } from "@/lib/clouds/machine/config";

function rowsFor(facts: Record<string, string>) {
  const { rows } = allowancesOf(machineConfigSchema.parse({}), facts);
  return Object.fromEntries(rows.map((row) => [row.subject, row]));
}

describe("what a process may ask for, as the cloud's page tells it", () => {
  it("says refused only where the host keeps it back", () => {
    const isolated = rowsFor({ isolation: "namespaces", network: "isolated", users: "one per component" });
    expect(isolated["Files of the host"]?.rule).toBe("refused");
    expect(isolated["Other processes"]?.rule).toBe("refused");
    expect(isolated.Network?.detail).toContain("No access to this host");
    expect(isolated.User?.settings).toEqual(["uidRange"]);
    for (const isolation of ["separate users", "none", "not checked yet"]) {
      const rows = rowsFor({
        isolation,
        network: "shared (Rostrum doesn’t run as root)",
        users: "Rostrum’s own",
      });
      expect(rows["Files of the host"]?.rule).toBe("allowed");
      expect(rows["Other processes"]?.rule).toBe("allowed");
      expect(rows.Network?.detail).toContain("this host and every environment");
      expect(rows.User?.detail).toBe("The user Rostrum runs as.");
    }
  });
});
