import { createHash } from "node:crypto";
import { chmodSync, existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePassable } from "@/lib/platform/exec/reachable";
import { balancerScript } from "./balancer";
import { gitAskpassScript, gitLocalSettings } from "./git-askpass";
import { staticServerScript } from "./static-server";

const scripts = {
  balancer: { text: balancerScript, extension: ".mjs", mode: 0o644 },
  "static-server": { text: staticServerScript, extension: ".mjs", mode: 0o644 },
  "git-askpass": { text: gitAskpassScript, extension: ".sh", mode: 0o755 },
  "git-local": { text: gitLocalSettings, extension: ".config", mode: 0o644 },
} as const;

/** Writes one of our small programs where every component's user can read and none can change it; answers its path. */
export function scriptFile(runtimeDir: string, name: keyof typeof scripts): string {
  const { text, extension, mode } = scripts[name];
  const version = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const directory = join(runtimeDir, "scripts");
  const file = join(directory, `${name}-${version}${extension}`);
  if (existsSync(file)) return file;
  makePassable(directory);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text, { mode });
  // What the process's umask took away is given back: others run this.
  chmodSync(draft, mode);
  renameSync(draft, file);
  return file;
}
