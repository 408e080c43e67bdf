import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { chooseRoot, pathsOf } from "@/lib/clouds/machine/layout";

const clone = mkdtempSync(join(tmpdir(), "rostrum-clone-"));
afterAll(() => rmSync(clone, { recursive: true, force: true }));

it("lets a component in CommonJS start below Rostrum's own folder", () => {
  writeFileSync(join(clone, "package.json"), '{"type": "module"}');
  const root = chooseRoot(join(clone, "data", "clouds", "cld_machine"), false);
  const { releases } = pathsOf(root, { environmentId: "env_a", environmentName: "a", component: "web" });
  const program = join(releases, "1", "server.js");
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, 'const { basename } = require("node:path"); console.log(basename(__filename));');
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout).toBe("server.js\n");
  // Where components have users of their own, they read it.
  expect(statSync(join(root, "package.json")).mode & 0o777).toBe(0o644);
});
