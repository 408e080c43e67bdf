import { createHash } from "node:crypto";
import { chmodSync, existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePassable } from "@/lib/platform/exec/reachable";
import { balancerScript } from "./balancer";
import { staticServerScript } from "./static-server";

const scripts = { balancer: balancerScript, "static-server": staticServerScript };

/** Writes one of our small programs where every component's user can read it; answers its path. */
export function scriptFile(runtimeDir: string, name: keyof typeof scripts): string {
  const text = scripts[name];
  const version = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const directory = join(runtimeDir, "scripts");
  const file = join(directory, `${name}-${version}.mjs`);
  if (existsSync(file)) return file;
  makePassable(directory);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  // Explicitly: the umask of Rostrum's processes keeps everybody else out.
  chmodSync(draft, 0o644);
  renameSync(draft, file);
  return file;
}
