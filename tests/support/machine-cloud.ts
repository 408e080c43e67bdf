import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  CloudConnection,
  ComponentRef,
  DesiredComponent,
  FileSource,
  Size,
} from "@/lib/clouds/contract";
import { connectTo, machineDriver } from "@/lib/clouds/machine";
import type { MachineConfig } from "@/lib/clouds/machine/config";
import { openMachine } from "@/lib/clouds/machine/machine";
import { makePassable } from "@/lib/platform/exec/reachable";
import { findIsolation } from "@/lib/platform/sandbox";

/** A small web program: says its greeting, prints a line, and tells who and where it is. */
export const webProgram = `
import { createServer } from "node:http";
const server = createServer((request, response) => {
  if (request.url === "/port") response.end(String(process.env.PORT));
  else if (request.url === "/uid") response.end(String(process.getuid()));
  else if (request.url === "/environment") response.end(JSON.stringify(process.env));
  else if (request.url === "/grow") {
    globalThis.held = [];
    setInterval(() => globalThis.held.push(Buffer.alloc(8 * 2 ** 20, 1)), 5);
    response.end("growing");
  } else response.end(process.env.GREETING ?? "hello");
});
server.listen(Number(process.env.PORT), process.env.HOST, () => console.log("listening on " + process.env.PORT));
process.on("SIGTERM", () => process.exit(0));
`;

export function filesOf(files: Record<string, string>, upload?: Uint8Array): FileSource {
  return {
    list: async (prefix) =>
      Object.entries(files)
        .filter(([path]) => path.startsWith(`${prefix}/`))
        .map(([path, text]) => ({
          path: path.slice(prefix.length + 1),
          content: Buffer.from(text),
          executable: false,
        })),
    upload: async () => upload ?? new Uint8Array(),
  };
}

/** What a component says that runs it. */
export const webProcess = {
  program: "node",
  args: ["server.mjs"],
  files: { dir: "app" },
  ports: [8080],
  environment: { GREETING: "hello" },
};

export const webFiles = filesOf({ "app/server.mjs": webProgram });

export function processComponent(
  spec: Record<string, unknown>,
  extra: Partial<Omit<DesiredComponent, "size">> & { size?: Partial<Size> } = {},
): DesiredComponent {
  const { size, ...rest } = extra;
  return {
    kind: "process",
    replicas: 1,
    spec,
    filesDigest: "sha256:test",
    health: null,
    ...rest,
    size: { cpu: 0, memoryBytes: 0, storageBytes: 0, ...size },
  };
}

export interface MachineTrial {
  root: string;
  /** Confined by the best of some tools that this host has: of all, or of none, where users alone are kept apart. */
  open(tools?: readonly ("bwrap" | "unshare")[]): Promise<CloudConnection>;
  recordFile(ref: ComponentRef): string;
  /** Changes a component's record behind the driver's back. */
  edit(ref: ComponentRef, change: (record: Record<string, unknown>) => void): void;
  dispose(): void;
}

/** A machine cloud in a directory of its own. */
export function machineTrial(
  portRange: [number, number],
  config: Record<string, unknown> = {},
): MachineTrial {
  const root = mkdtempSync(join(tmpdir(), "rostrum-machine-"));
  const dataDir = join(root, "data");
  const runtimeDir = join(root, "runtime");
  rmSync(root, { recursive: true });
  makePassable(root);
  makePassable(runtimeDir);
  const host = { cloudId: "cld_trial", dataDir, runtimeDir, credentials: {}, log: () => undefined };
  const settings = machineDriver.configSchema.parse({ portRange, ...config }) as MachineConfig;
  const recordFile = (ref: ComponentRef) => join(dataDir, ref.environmentId, ref.component, "component.json");
  return {
    root,
    recordFile,
    async open(tools) {
      if (!tools) return await machineDriver.open(settings, host);
      return connectTo(await openMachine(settings, host, findIsolation(runtimeDir, tools)));
    },
    edit(ref, change) {
      const record = JSON.parse(readFileSync(recordFile(ref), "utf8")) as Record<string, unknown>;
      change(record);
      writeFileSync(recordFile(ref), JSON.stringify(record));
    },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}
