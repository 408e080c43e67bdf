import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DesiredComponent, FileSource, Size, TemplateFile } from "@/lib/clouds/contract";

/** An attacker as it is to be deployed. Everything has a default. */
export interface Deployment {
  /** Program of the attacker, with the kit's names in reach and `await` allowed. */
  body?: string;
  /** Other files of the template, beside the attacker's own. */
  files?: Record<string, string | { text: string; executable: boolean }>;
  /** Parts of the process block. */
  spec?: Record<string, unknown>;
  size?: Partial<Size>;
  replicas?: number;
  upload?: Uint8Array;
  health?: DesiredComponent["health"];
}

const names =
  "T, attempt, done, fs, here, isApart, loot, perl, pids, reach, say, sleep, syscall, token, walk";

function wrap(body: string): string {
  return `import { ${names} } from "./kit.mjs";\nimport cp from "node:child_process";\nimport net from "node:net";\nimport { basename, dirname, join } from "node:path";\n${body}\ndone();\n`;
}

/** The component and the files of a deployment; `kit` is the folder of the attackers' kit. */
export function composeDeployment(
  deployment: Deployment,
  kit: string,
  targets: object,
): { desired: DesiredComponent; files: FileSource } {
  const { body = "", files = {}, spec, size, replicas = 1, upload, health = null } = deployment;
  const all: Record<string, string | { text: string; executable: boolean }> = {
    "app/attack.mjs": wrap(body),
    "app/kit.mjs": readFileSync(join(kit, "kit.mjs"), "utf8"),
    "app/kit.pl": readFileSync(join(kit, "kit.pl"), "utf8"),
    ...files,
  };
  const desired: DesiredComponent = {
    kind: "process",
    replicas,
    // Another digest for other files: an update with the same one would change nothing.
    filesDigest: `sha256:${Buffer.from(JSON.stringify(all)).toString("base64").slice(0, 64)}${Math.random()}`,
    health,
    size: { cpu: 0, memoryBytes: 256 * 2 ** 20, storageBytes: 0, ...size },
    spec: {
      program: "node",
      args: ["attack.mjs"],
      files: { dir: "app" },
      stop_grace_period: "1s",
      ...spec,
      environment: { TARGETS: JSON.stringify(targets), ...(spec?.environment as object | undefined) },
    },
  };
  return { desired, files: filesFrom(all, upload) };
}

function filesFrom(
  files: Record<string, string | { text: string; executable: boolean }>,
  upload: Uint8Array | undefined,
): FileSource {
  return {
    list: async (prefix) =>
      Object.entries(files)
        .filter(([path]) => path.startsWith(`${prefix}/`))
        .map(([path, file]): TemplateFile => {
          const { text, executable } = typeof file === "string" ? { text: file, executable: false } : file;
          return { path: path.slice(prefix.length + 1), content: Buffer.from(text), executable };
        }),
    upload: async () => upload ?? new Uint8Array(),
  };
}
