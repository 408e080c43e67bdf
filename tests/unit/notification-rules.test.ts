import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  audiences,
  defaultEmailModes,
  nextDigestAt,
  notificationRules,
  retryDelayMs,
  ruleOf,
} from "@/lib/features/notifications/rules";
import { eventGroupLabels, eventGroups, eventKinds } from "@/lib/features/notifications/schema";

/** Sources of the features that tell people something. */
const tellers = readdirSync("lib/features", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !/(\.test|notifications\/(rules|schema))\.ts$/.test(file))
  .map((file) => readFileSync(join("lib/features", file), "utf8"))
  .filter((source) => /notif|notices/.test(source));

describe("the table of notifications", () => {
  it.each(eventKinds)("has a place in the code that tells of %s", (kind) => {
    expect(tellers.filter((source) => source.includes(`"${kind}"`)).length).toBeGreaterThan(0);
  });

  it("leads every audience to the administrators", () => {
    for (const [name, chain] of Object.entries(audiences))
      expect([name, chain.at(-1)]).toEqual([name, "administrators"]);
  });

  it("names a group that people can choose for each kind, and uses every group", () => {
    const used = new Set(Object.values(notificationRules).map((rule) => rule.group));
    expect([...used].sort()).toEqual([...eventGroups].sort());
    expect(Object.keys(eventGroupLabels)).toEqual([...eventGroups]);
    expect(Object.keys(defaultEmailModes)).toEqual([...eventGroups]);
  });

  it("leaves no one out of results: only what the actor did themselves is no news to them", () => {
    const silent = eventKinds.filter((kind) => ruleOf(kind).skipActor);
    expect(
      silent.filter((kind) => /ready|failed|succeeded|needs|ends-soon|stopped|finished/.test(kind)),
    ).toEqual([]);
  });
});

it("tries again after 15 s, then ever later, at most an hour and a fifth apart", () => {
  expect([1, 2, 3, 20].map((attempts) => retryDelayMs(attempts, 0))).toEqual([
    15_000, 30_000, 60_000, 3_600_000,
  ]);
  expect(retryDelayMs(20, 1)).toBe(4_320_000);
});

it("sends the digest at the next 07:00 UTC", () => {
  expect(nextDigestAt(new Date("2026-11-30T06:59:59Z")).toISOString()).toBe("2026-11-30T07:00:00.000Z");
  expect(nextDigestAt(new Date("2026-11-30T07:00:00Z")).toISOString()).toBe("2026-12-01T07:00:00.000Z");
});
