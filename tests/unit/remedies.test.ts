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
  ["starts what is dead", {}, "recover"],
  ["restarts what lives and fails", { isAlive: true }, "restart"],
  ["restarts for half of the budget", { tried: ["recover", "recover"] as const }, "recover"],
  ["then makes it anew", { tried: ["recover", "recover", "recover"] as const }, "recreate"],
  ["makes what is gone anew at once", { faults: [gone] }, "recreate"],
  ["restores lost data where that is allowed", { faults: [lost], mayRestore: true, backupAt }, "restore"],
])("%s", (_, extra, remedy) => {
  expect(nextRemedy(trouble(extra))).toEqual({ remedy });
});

it.each([
  ["the budget is used up", { tried: ["restart"] as const, limit: 1 }, "Check its log."],
  [
    "the budget is used up and there is a backup",
    { limit: 0, backupAt },
    "restore from the backup of 2026-11-29 02:00 UTC",
  ],
  [
    "lost data may not be restored without a person",
    { faults: [lost], backupAt },
    "Restore from the backup of 2026-11-29 02:00 UTC",
  ],
  ["there is no backup", { faults: [lost], mayRestore: true }, "There is no backup"],
  [
    "restoring failed as often as it may be tried",
    { faults: [lost], mayRestore: true, backupAt, limit: 1, tried: ["restore"] as const },
    "try another backup",
  ],
])("calls a person when %s", (_, extra, said) => {
  const next = nextRemedy(trouble(extra));
  expect(next).toMatchObject({ remedy: null });
  expect("nextStep" in next && next.nextStep).toContain(said);
});
