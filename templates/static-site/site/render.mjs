import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderSite } from "./src/site.mjs";

/** `node render.mjs FOLDER` writes the whole site from the PAGE_… variables. */
const folder = process.argv[2] ?? "public";
mkdirSync(folder, { recursive: true });
const files = renderSite(process.env);
for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
process.stdout.write(`Wrote ${Object.keys(files).length} files to ${folder}.\n`);
