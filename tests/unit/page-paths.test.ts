import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { isPage, plainPath } from "@/app/is-page";
import { pagePaths } from "@/app/page-paths";
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
  "/%65nvironments",
  "/environments/env%5F1/%62ackups",
  "/demo/caf%C3%A9",
  "/catalog/a%2Fb",
])("knows the page %s", (path) => expect(isPage(path)).toBe(true));

it.each([
  "/enviroments",
  "/environments/env_1/backup",
  "/admin/nothing",
  "/Account",
  "/(portal)/account",
  "/nowhere",
  "/admin%2Fusers",
  "/%2Faccount%2F",
  "/%2565nvironments",
  "/environments/%65nv_1/nothing",
  "/%45nvironments",
  "/account%",
  "/account%6",
  "/%zzaccount",
])("knows that %s is no page", (path) => expect(isPage(path)).toBe(false));

const percent = (sign: string, lower: boolean) => {
  const code = sign.charCodeAt(0).toString(16).padStart(2, "0");
  return `%${lower ? code : code.toUpperCase()}`;
};
const real = pagePaths
  .filter((path) => path !== "/")
  .map((path) => path.replaceAll(/\[(?:\.\.\.)?\w+\]/g, "Some_name-1.0~x"));

it("knows every page however its letters are written", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...real),
      fc.infiniteStream(fc.constantFrom("as it is", "lower", "upper")),
      (path, ways) => {
        const written = path.replaceAll(/[^/]/g, (sign) => {
          const way: string = ways.next().value;
          return way === "as it is" ? sign : percent(sign, way === "lower");
        });
        expect(plainPath(written)).toBe(path);
        expect(isPage(written)).toBe(true);
      },
    ),
  );
});

it("leaves what is encoded for a reason, and what is no encoding, as it is", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(..."/%?#[]@!$&'()*+,;=: \"<>\\^`{|}é"),
      fc.constantFrom(...real),
      (sign, path) => {
        const encoded = `${path}${encodeURIComponent(sign)}${percent(sign, true)}`;
        expect(plainPath(encoded)).toBe(encoded);
      },
    ),
  );
  // In the first segment, which no page's parameter stands for.
  const first = real.map((path) => `/${path.split("/")[1]}`);
  fc.assert(
    fc.property(
      fc.constantFrom(...first),
      fc.constantFrom("%", "%6", "%g1", "%6g", "%%", "%u0065", "%6%35"),
      fc.nat(),
      (path, broken, place) => {
        const cut = 1 + (place % path.length);
        expect(isPage(path.slice(0, cut) + broken + path.slice(cut))).toBe(false);
      },
    ),
  );
});

it("decodes once: what is plain stays as it is, and names the same", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("%", "2", "3", "5", "6", "e", "/", "~"), maxLength: 30 }),
      (path) => {
        const plain = plainPath(path);
        expect(plainPath(plain)).toBe(plain);
        if (isReadable(path)) expect(decodeURIComponent(plain)).toBe(decodeURIComponent(path));
        else if (/%(?![0-9a-f]{2})/i.test(path)) expect(plain).toBe(path);
      },
    ),
    { numRuns: 2_000 },
  );
});

function isReadable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
