import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("names for every guarantee what proves it", () => {
  const rows = readFileSync("docs/guarantees.md", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| Promise"));
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) {
    const [promise = "", proof = ""] = row.split("|").slice(1);
    const paths = [...proof.matchAll(/`([^`]+)`/g)].flatMap(([, path = ""]) =>
      path.startsWith("npm ") ? [] : path,
    );
    expect(paths, promise).not.toEqual([]);
    expect(
      paths.filter((path) => !existsSync(path)),
      promise,
    ).toEqual([]);
  }
});
