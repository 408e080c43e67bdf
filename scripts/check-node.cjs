/**
 * Loaded before anything else by the commands in package.json (`node -r`), in words that the oldest Node understands: a
 * Node that is too old says so in one line instead of stumbling over the syntax of what follows.
 */
var parts = process.versions.node.split(".");
var major = Number(parts[0]);
var minor = Number(parts[1]);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    "Rostrum requires Node 20.19 or later. This is " +
      process.versions.node +
      " (" +
      process.execPath +
      "). Install a newer version from https://nodejs.org or with your package manager.",
  );
  process.exit(1);
}
