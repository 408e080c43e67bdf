import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Writes app/api/v1/routes.ts: every route module of the API, imported by name, for the OpenAPI document and the tests; and
 * app/page-paths.ts: the path of every page. Written out rather than found at run time, because a bundled server has no
 * folder to look into.
 */
const root = fileURLToPath(new URL("../app/api/v1/", import.meta.url));
export const routesFile = join(root, "routes.ts");

/** Not in the table: the document itself, which adds itself. */
const excluded = new Set(["openapi.json"]);

/** Folders of all route modules below app/api/v1, relative, with forward slashes, sorted. */
export function routeFolders(): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(`${sep}route.ts`))
    .map((file) => relative(root, join(root, file, "..")).replaceAll(sep, "/"))
    .filter((folder) => !excluded.has(folder))
    .sort();
}

/** What routes.ts has to say. */
export function renderRoutes(): string {
  const folders = routeFolders();
  const imports = folders.map((folder) => `import * as ${nameOf(folder)} from "./${folder}/route";`);
  const rows = folders.map((folder) => {
    const path = `/api/v1/${folder.replaceAll(/\[(?:\.\.\.)?(\w+)\]/g, "{$1}")}`;
    return `  { path: "${path}", module: ${nameOf(folder)} },`;
  });
  return [
    "// Written by scripts/generate-routes.ts (npx tsx scripts/generate-routes.ts); a test fails when it is out of date.",
    "// biome-ignore-all format: written by a script",
    "// biome-ignore-all assist/source/organizeImports: written by a script",
    'import type { RouteTable } from "@/lib/platform/http";',
    ...imports,
    "",
    "/** Every route module of the API with its path. */",
    "export const routes: RouteTable = [",
    ...rows,
    "];",
    "",
  ].join("\n");
}

function nameOf(folder: string): string {
  const words = folder.split(/[^A-Za-z0-9]+/).filter(Boolean);
  const joined = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
  return `${joined}Route`;
}

const app = fileURLToPath(new URL("../app/", import.meta.url));
export const pagePathsFile = join(app, "page-paths.ts");

/** Paths of all pages, and of what answers beside them outside the API, as Next's folders write them, sorted. */
function pagePaths(): string[] {
  const isAnswer = /(?:^|[\\/])(?:page\.tsx|route\.ts)$/;
  const paths = readdirSync(app, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll(sep, "/"))
    .filter((file) => isAnswer.test(file) && !file.startsWith("api/"))
    .map((file) => `/${file}`.replace(isAnswer, "").replaceAll(/\/\([^)]*\)/g, "") || "/");
  return [...new Set(paths)].sort();
}

/** What page-paths.ts has to say. */
export function renderPagePaths(): string {
  return [
    "// Written by scripts/generate-routes.ts (npx tsx scripts/generate-routes.ts); a test fails when it is out of date.",
    "",
    "/** The path of every page, with the names of its parameters in brackets. */",
    "export const pagePaths = [",
    ...pagePaths().map((path) => `  "${path}",`),
    "] as const;",
    "",
  ].join("\n");
}

function write(file: string, text: string): void {
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  write(routesFile, renderRoutes());
  write(pagePathsFile, renderPagePaths());
  process.stdout.write(`${routeFolders().length} route modules, ${pagePaths().length} pages\n`);
}
