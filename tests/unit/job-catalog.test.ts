import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { jobNames, jobs, messageNames, queueNames, scheduleNames } from "@/lib/platform/queue/catalog";

const architecture = readFileSync("docs/architecture.md", "utf8");

it.each(jobNames)("%s belongs to a feature and is documented", (name) => {
  const { owner } = jobs[name];
  expect(existsSync(`lib/features/${owner}/index.ts`)).toBe(true);
  expect(architecture).toContain(`\`${name}\``);
});

it("has a queue for each job that is sent and one for the schedules of each role", () => {
  expect([...messageNames, ...scheduleNames].toSorted()).toEqual([...jobNames].toSorted());
  const roles = new Set(scheduleNames.map((name) => jobs[name].role));
  expect([...queueNames].toSorted()).toEqual([...messageNames, ...roles].toSorted());
});

it("carries IDs and nothing else", () => {
  for (const name of messageNames) {
    for (const field of Object.keys(jobs[name].schema.shape)) expect(field, name).toMatch(/Ids?$/);
  }
});
