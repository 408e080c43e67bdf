import { join } from "node:path";
import { say, seconds } from "./output.mjs";
import { root, run } from "./prepare.mjs";

/**
 * Checks the types of the program, without its tests. Beside the bundling, which reads no types: a start needs none
 * either, so `npm start` doesn't wait for this.
 * @throws Halt with the errors
 */
export async function checkTypes(project = join(root, "tsconfig.build.json")) {
  const startedMs = Date.now();
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  await run(process.execPath, [compiler, "--noEmit", "--pretty", "false", "-p", project], "Checking types");
  say(`  Checking types ${seconds(Date.now() - startedMs)}`);
}
