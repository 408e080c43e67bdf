import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { httpMethods } from "@/lib/platform/http/methods";
import { routeFolders, routesFile } from "@/scripts/generate-routes";

const folders = [...routeFolders(), "openapi.json"];

describe("every route module", () => {
  it.each(folders)("answers every method, those it does not have with a problem: %s", (folder) => {
    const source = readFileSync(join(dirname(routesFile), folder, "route.ts"), "utf8");
    const own = httpMethods.filter((method) => new RegExp(`^export const ${method}\\b`, "m").test(source));
    const others = httpMethods.filter((method) => !own.includes(method));
    const quoted = own.map((method) => `"${method}"`).join(", ");
    expect(source).toContain(`export const { ${others.join(", ")} } = otherMethods(${quoted});`);
  });
});
