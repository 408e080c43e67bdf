import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { latestRelease } from "@/lib/features/news/parse";

const changelog = `# Changelog

The format is that of Keep a Changelog.

## 0.2.0 (2026-12-01)

### Added

- One thing, told
  over two lines.
- Another \`thing\`.

### Changed

Breaking, so read before you upgrade:

- A third.

### Fixed

## 0.1.0

### Added

- The first thing.
`;

it("takes the latest release alone, with whole items and without empty sections", () => {
  expect(latestRelease(changelog)).toEqual({
    title: "0.2.0 (2026-12-01)",
    sections: [
      { title: "Added", items: ["One thing, told over two lines.", "Another `thing`."] },
      { title: "Changed", items: ["A third."] },
    ],
  });
});

it("finds nothing in a text that has no release, or one without items", () => {
  expect(latestRelease("# Changelog\n")).toBeNull();
  expect(latestRelease("# Changelog\n\n## Unreleased\n\nNothing yet.\n")).toBeNull();
});

it("reads the product's own changelog", () => {
  const latest = latestRelease(readFileSync("CHANGELOG.md", "utf8"));
  expect(latest?.sections.map((section) => section.title)).toContain("Added");
  for (const section of latest?.sections ?? [])
    for (const item of section.items) expect(item).toMatch(/^\S.*\S$/);
});
