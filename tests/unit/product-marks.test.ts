import { existsSync, readFileSync } from "node:fs";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { ProductIcon, productTitle } from "@/components/ui/product-icon";
import * as shown from "@/components/ui/product-marks";
import { productMarks } from "@/scripts/product-marks";

/** Marks of products belong to others: what is shown is what was given away, and never one for another. */

it("shows exactly what the collection has", () => {
  const given = Object.entries(productMarks).map(([name, { title, path }]) => [name, { title, path }]);
  expect(shown.productMarks).toEqual(Object.fromEntries(given));
});

it("takes only marks that come under the license of the collection, with its notice", () => {
  for (const [name, mark] of Object.entries(productMarks)) {
    expect("license" in mark ? mark.license : undefined, name).toBeUndefined();
  }
  expect(readFileSync("node_modules/simple-icons/LICENSE.md", "utf8")).toContain("CC0 1.0");
  const notice = readFileSync("NOTICE", "utf8");
  expect(notice).toContain("CC0-1.0");
  for (const { title } of Object.values(productMarks)) expect(notice).toContain(title);
});

it("isn't loaded as a whole by what runs", () => {
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: object };
  expect(dependencies).not.toHaveProperty("simple-icons");
  expect(existsSync("components/ui/product-marks.ts")).toBe(true);
});

it("is decoration in the color of its surroundings, and a neutral sign for what has no mark", () => {
  const draw = (product: string | null) =>
    renderToStaticMarkup(createElement(ProductIcon, { product, fallback: createElement("i") }));
  const known = draw("postgresql");
  expect(known).toContain('aria-hidden="true"');
  expect(known).toContain('fill="currentColor"');
  for (const unknown of [null, "", "valkey", "constructor", "toString"])
    expect(draw(unknown)).toBe("<i></i>");
  expect(productTitle("nodejs")).toBe("Node.js");
  expect(productTitle("unheard-of")).toBeNull();
});
