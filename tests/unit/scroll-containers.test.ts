import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** Class lists that make an element scroll. */
const scrolling = /["`]([^"`\n]*\boverflow-(?:[xy]-)?auto\b[^"`\n]*)["`]/g;
const positioned = /(?:^|\s)(?:[a-z-]+:)?(?:relative|absolute|fixed|sticky)(?:\s|$)/;

describe("what scrolls in itself", () => {
  it("is positioned: text for screen readers alone would make the page longer instead", () => {
    const files = ["components", "app"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".tsx"))
        .map((name) => join(folder, name)),
    );
    const lists = files.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(scrolling)].map(([, classes = ""]) => ({ file, classes })),
    );
    expect(lists.length).toBeGreaterThan(8);
    expect(lists.filter(({ classes }) => !positioned.test(classes))).toEqual([]);
  });
});
