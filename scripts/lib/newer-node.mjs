import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./prepare.mjs";

/** Exact, so that a test that fails fails for everyone. */
const version = "24.22.3";

/**
 * The Node.js 24 that npm has for this machine, installed beside the dependencies once.
 * @returns the folder with its `node`, null where npm has none or can't be reached
 */
export function ensureNewerNode() {
  const folder = join(root, "node_modules/.cache/rostrum-tests/node");
  const name = `node-${process.platform}-${process.arch}`;
  const bin = join(folder, "node_modules", name, "bin");
  const works = () => existsSync(bin) && says(join(bin, "node")) === `v${version}`;
  if (works()) return bin;
  mkdirSync(folder, { recursive: true });
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-save"];
  spawnSync("npm", ["install", "--prefix", folder, ...flags, `${name}@${version}`], { timeout: 300_000 });
  return works() ? bin : null;
}

function says(node) {
  return spawnSync(node, ["--version"], { encoding: "utf8" }).stdout?.trim();
}
