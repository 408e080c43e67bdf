import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isPage } from "@/app/is-page";
import { pagePathsFile, renderPagePaths } from "@/scripts/generate-routes";

it("lists every page there is", () => {
  expect(readFileSync(pagePathsFile, "utf8")).toBe(renderPagePaths());
});

it.each([
  "/",
  "/account",
  "/environments",
  "/environments/env_1",
  "/environments/env_1/backups",
  "/admin/templates/postgres/1.0.0",
  "/costs/statements/stm_1",
  "/sign-in",
  "/demo/some-token",
  "/schemas/template.v1.json",
  "/nowhere/missing",
])("knows the page %s", (path) => expect(isPage(path)).toBe(true));

it.each([
  "/enviroments",
  "/environments/env_1/backup",
  "/admin/nothing",
  "/Account",
  "/(portal)/account",
  "/nowhere",
])("knows that %s is no page", (path) => expect(isPage(path)).toBe(false));
