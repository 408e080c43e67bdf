/** `npm run -s admin -- …`: builds the command line if it is stale (telling standard error), then runs it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Halt, plain } from "./lib/output.mjs";
import { ensureBundles, ensureDependencies, root } from "./lib/prepare.mjs";
import { keepFilesPrivate } from "./lib/private-files.mjs";

const writeOut = process.stdout.write.bind(process.stdout);
try {
  // What the preparation says is not the command's result.
  process.stdout.write = process.stderr.write.bind(process.stderr);
  await ensureDependencies();
  await ensureBundles();
} catch (error) {
  console.error(plain(error instanceof Halt ? error.message : error.stack));
  process.exit(1);
} finally {
  process.stdout.write = writeOut;
}
keepFilesPrivate();
const result = spawnSync(process.execPath, [join(root, "dist/admin.mjs"), ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(result.status ?? 1);
