import { expect, it } from "vitest";
import { isReadyMoment, type MomentFacts } from "./use-ready-moment";

const now = Date.parse("2026-12-01T12:00:00Z");
const justReady: MomentFacts = {
  sawCreation: false,
  isOwner: true,
  wasShown: false,
  readyAt: "2026-12-01T11:59:00.000Z",
  nowMs: now,
};

it.each<[string, Partial<MomentFacts>, boolean]>([
  ["the owner comes for the first time", {}, true],
  ["the owner comes again", { wasShown: true }, false],
  ["someone else comes", { isOwner: false }, false],
  ["someone else watched the creation", { isOwner: false, sawCreation: true }, true],
  ["the owner comes a day later", { readyAt: "2026-11-30T11:59:00.000Z" }, false],
])("ready: %s", (_, facts, expected) => {
  expect(isReadyMoment({ ...justReady, ...facts })).toBe(expected);
});
