/** `npm run build`: everything that `npm start` would build, and a check of all types, without starting anything. */
import { Halt, red, say } from "./lib/output.mjs";
import { endPreparation, ensureApiTypes, ensureDependencies, prepare } from "./lib/prepare.mjs";
import { checkTypes } from "./lib/types.mjs";

try {
  await ensureDependencies();
  // The types of the database and of the API are generated.
  await ensureApiTypes();
  await Promise.all([prepare(), checkTypes()]);
} catch (error) {
  endPreparation();
  say(red(error instanceof Halt ? error.message : error.stack));
  process.exitCode = 1;
}
