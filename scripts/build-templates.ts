import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const sourceDir = join(root, "templates");
const geistFont = join(root, "node_modules/geist/dist/fonts/geist-sans/Geist-Variable.woff2");

/** CommonJS packages inside an ES module bundle still call `require` for Node's own modules. */
const banner = `import { createRequire as makeRequire } from "node:module";\nconst require = makeRequire(import.meta.url);`;

/**
 * Builds the catalog in templates/ into `outDir`, one folder per template with its manifest and every file
 * it refers to. Programs (every `*.mjs` outside a `src` folder) become single files without dependencies, so
 * that a component starts without a package registry; the `src` folders are left out.
 * Answers the names of the templates. The result replaces `outDir` as a whole.
 */
export async function buildTemplates(outDir: string): Promise<string[]> {
  const target = resolve(outDir);
  const fresh = `${target}.new-${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  const names = await findTemplates();
  await Promise.all(names.map((name) => buildTemplate(join(sourceDir, name), join(fresh, name))));
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
  return names;
}

async function findTemplates(): Promise<string[]> {
  const folders = await readdir(sourceDir, { withFileTypes: true });
  const found = await Promise.all(
    folders.map(async (folder) => {
      if (!folder.isDirectory()) return [];
      const manifest = await stat(join(sourceDir, folder.name, "template.yaml")).catch(() => null);
      return manifest ? [folder.name] : [];
    }),
  );
  return found.flat().sort();
}

async function buildTemplate(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const item of await readdir(from, { withFileTypes: true })) {
    if (item.isDirectory()) await buildFolder(join(from, item.name), join(to, item.name));
    else await cp(join(from, item.name), join(to, item.name));
  }
}

async function buildFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const item of await readdir(from, { withFileTypes: true })) {
    if (item.name === "src" && item.isDirectory()) continue;
    const [source, result] = [join(from, item.name), join(to, item.name)];
    if (item.isDirectory()) await buildFolder(source, result);
    else if (item.name.endsWith(".mjs")) await bundle(source, result);
    else await cp(source, result);
  }
}

async function bundle(entry: string, outfile: string): Promise<void> {
  const source = await readFile(entry, "utf8");
  if (!/(?:^import|from) "(?!node:)/m.test(source)) {
    await mkdir(dirname(outfile), { recursive: true });
    await writeFile(outfile, source);
    return;
  }
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: banner },
    external: ["pg-native"],
    alias: { "geist-sans.woff2": geistFont },
    loader: { ".woff2": "binary", ".css": "text", ".client.js": "text" },
    legalComments: "inline",
    logLevel: "warning",
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const outDir = process.argv[2] ?? join(root, "dist/templates");
  const names = await buildTemplates(outDir);
  process.stdout.write(`Built ${names.length} templates: ${names.join(", ")}\n`);
}
