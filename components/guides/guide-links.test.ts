import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { guides } from "@/lib/features/guides/schema";
import { guideHref } from "./guide-links";

it.each([
  ["#isolation", "#isolation"],
  ["https://example.com/a", "https://example.com/a"],
  ["using-the-api.md", "/guides/using-the-api"],
  ["./operating.md#the-key", "/guides/operating#the-key"],
  ["../adr/0017-audit-protection.md", null],
  ["../../README.md", null],
  ["unheard-of.md", null],
  ["javascript:alert(1)", null],
  ["//elsewhere.example", null],
])("leads from %s to %s", (href, to) => {
  expect(guideHref(href)).toBe(to);
});

it("covers every guide of the repository, by its title", () => {
  for (const { name, title } of guides) {
    expect(readFileSync(`docs/guides/${name}.md`, "utf8").split("\n")[0]).toBe(`# ${title}`);
  }
});
