import { expect, it } from "vitest";
import { nextRemedy, type Trouble } from "@/lib/features/monitoring/remedies";

const trouble = (extra: Partial<Trouble>): Trouble => ({
  isAlive: false,
  faults: [],
  tried: [],
  limit: 5,
  mayRestore: false,
  backupAt: null,
  ...extra,
});
const gone = { kind: "gone" as const, what: "container web", losesData: false };
const lost = { kind: "gone" as const, what: "volume data", losesData: true };
const backupAt = "2026-11-29T02:00:00.000Z";

it.each([
  ["starts what is dead", trouble({}), "recover"],
  ["restarts what lives and fails", trouble({ isAlive: true }), "restart"],
  ["starts it again for half of the budget", trouble({ tried: ["recover", "recover"] }), "recover"],
  ["then recreates it", trouble({ tried: ["recover", "recover", "recover"] }), "recreate"],
  ["recreates what is gone at once", trouble({ faults: [gone] }), "recreate"],
  [
    "restores lost data where that is allowed",
    trouble({ faults: [lost], mayRestore: true, backupAt }),
    "restore",
  ],
])("%s", (_, given, remedy) => {
  expect(nextRemedy(given)).toEqual({ remedy });
});

it.each([
  ["the budget is used up", trouble({ tried: ["restart"], limit: 1 }), "Check the log."],
  [
    "the budget is used up and there is a backup",
    trouble({ limit: 0, backupAt }),
    "restore from the backup of 2026-11-29 02:00 UTC",
  ],
  [
    "lost data may not be restored without a person",
    trouble({ faults: [lost], backupAt }),
    "Restore from the backup of 2026-11-29 02:00 UTC",
  ],
  ["there is no backup", trouble({ faults: [lost], mayRestore: true }), "No backup exists"],
  [
    "restoring failed as often as it may be tried",
    trouble({ faults: [lost], mayRestore: true, backupAt, limit: 1, tried: ["restore"] }),
    "Try another backup",
  ],
])("calls a person when %s", (_, given, said) => {
  const next = nextRemedy(given);
  expect(next).toMatchObject({ remedy: null });
  expect("nextStep" in next && next.nextStep).toContain(said);
});
