/** `npm run build`: everything that `npm start` would build, without starting anything. */
import { Halt, red, say } from "./lib/output.mjs";
import { prepare } from "./lib/prepare.mjs";

try {
  await prepare();
} catch (error) {
  say(red(error instanceof Halt ? error.message : error.stack));
  process.exitCode = 1;
}
