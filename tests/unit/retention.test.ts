import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expiredBackups, type KeptBackup, type Retention } from "@/lib/features/backups/rules";

const now = new Date("2026-11-29T12:00:00Z");
const hourMs = 3_600_000;
const before = (hours: number) => new Date(now.getTime() - hours * hourMs);
const one = (id: string, kind: KeptBackup["kind"], hours: number, livesHours?: number): KeptBackup => ({
  ...{ id, kind, createdAt: before(hours) },
  expiresAt: livesHours === undefined ? null : before(hours - livesHours),
});
const retention = (extra: Partial<Retention> = {}): Retention => ({
  ...{ keep: { last: 1 }, lastRestoredId: null, now },
  ...extra,
});

describe("retention", () => {
  it("keeps a scheduled backup although what was there before its restore is newer", () => {
    const history = [one("daily", "scheduled", 5), one("broken", "before-restore", 0, 14 * 24)];
    expect(expiredBackups(history, retention())).toEqual([]);
  });

  it("keeps the one that was restored last although newer ones have taken its place", () => {
    const history = [one("new", "scheduled", 1), one("good", "scheduled", 30), one("old", "scheduled", 60)];
    expect(expiredBackups(history, retention({ lastRestoredId: "good" }))).toEqual(["old"]);
  });

  it("deletes those from before a restore by their date", () => {
    const history = [
      one("new", "scheduled", 1),
      one("late", "before-restore", 15 * 24, 14 * 24),
      one("young", "before-restore", 13 * 24, 14 * 24),
    ];
    expect(expiredBackups(history, retention())).toEqual(["late"]);
  });

  it("keeps all scheduled ones when the template has no schedule any more", () => {
    const history = [one("a", "scheduled", 1), one("b", "scheduled", 2)];
    expect(expiredBackups(history, retention({ keep: null }))).toEqual([]);
  });

  const kinds = ["scheduled", "before-restore", "manual"] as const;
  const histories = fc
    .array(fc.record({ kind: fc.constantFrom(...kinds), hours: fc.integer({ min: 0, max: 2_000 }) }), {
      maxLength: 40,
    })
    .map((list) =>
      list.map(({ kind, hours }, at) =>
        one(`b${at}`, kind, hours, kind === "before-restore" ? 14 * 24 : undefined),
      ),
    );
  const keeps = fc.record(
    Object.fromEntries(
      (["last", "hourly", "daily", "weekly"] as const).map((name) => [name, fc.integer({ min: 0, max: 8 })]),
    ),
  );
  const newestOf = (list: readonly KeptBackup[]) =>
    list.reduce((newest, each) => (each.createdAt > newest.createdAt ? each : newest));

  it("never deletes the newest point, the one last restored, or a person's", () => {
    fc.assert(
      fc.property(histories, keeps, fc.nat(), (history, keep, chosen) => {
        if (history.length === 0) return;
        const lastRestoredId = history[chosen % history.length]?.id ?? null;
        const gone = new Set(expiredBackups(history, retention({ keep, lastRestoredId })));
        const left = history.filter(({ id }) => !gone.has(id));
        expect(newestOf(left).createdAt).toEqual(newestOf(history).createdAt);
        expect(left.some(({ id }) => id === lastRestoredId)).toBe(true);
        expect(history.filter(({ id, kind }) => gone.has(id) && kind === "manual")).toEqual([]);
        const scheduled = history.filter(({ kind }) => kind === "scheduled");
        if (scheduled.length > 0) expect(left.some(({ kind }) => kind === "scheduled")).toBe(true);
      }),
    );
  });

  it("deletes no scheduled backup because of another kind", () => {
    fc.assert(
      fc.property(histories, keeps, (history, keep) => {
        const alone = history.filter(({ kind }) => kind === "scheduled");
        const goneAlone = new Set(expiredBackups(alone, retention({ keep })));
        const gone = expiredBackups(history, retention({ keep }));
        for (const id of gone) {
          if (alone.some((each) => each.id === id)) expect(goneAlone).toContain(id);
        }
      }),
    );
  });
});
