import { randomBytes } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ChangeContext, CloudConnection, ComponentRef } from "@/lib/clouds/contract";
import type { Canaries } from "./canaries";
import { composeDeployment } from "./deployment";

const program = `
const { createServer } = await import("node:http");
fs.writeFileSync(join(process.env.DATA, "note-of-the-victim"), process.env.IN_VOLUME);
say(process.env.IN_LOG);
const server = createServer((_, answer) => answer.end(process.env.ON_PORT));
await new Promise((ready) => server.listen(Number(process.env.PORT), process.env.HOST, ready));
`;

/** A component of another environment that goes about its business: no one may read, alter or end it. */
export class Victim {
  readonly ref: ComponentRef = {
    environmentId: `env_${randomBytes(6).toString("hex")}`,
    environmentName: "victim",
    component: "shop",
  };
  pid = 0;
  host = "";
  port = 0;
  directory = "";
  note = "";
  log = "";
  private noteText = "";
  private portText = "";

  constructor(
    private readonly cloud: CloudConnection,
    private readonly canaries: Canaries,
    private readonly roots: string[],
    private readonly context: (files: ChangeContext["files"]) => ChangeContext,
    private readonly kit: string,
  ) {}

  async start(): Promise<void> {
    const { markers } = this.canaries;
    this.noteText = markers.make("volume of another environment");
    this.portText = markers.make("port of another environment");
    const environment = {
      DATA: "{data}",
      IN_VOLUME: this.noteText,
      IN_LOG: markers.make("log of another environment"),
      ON_PORT: this.portText,
      SECRET: markers.make("environment of another environment"),
    };
    const spec = { ports: [8080], volumes: ["data:/data"], environment };
    const { desired, files } = composeDeployment({ body: program, spec }, this.kit, {});
    await this.cloud.apply(this.ref, "create", desired, this.context(files));
    await this.look();
    this.note = this.find("note-of-the-victim");
    this.log = this.find("output.log");
  }

  private async look(): Promise<void> {
    const seen = await this.cloud.observe(this.ref);
    if (!seen.present) throw new Error("The victim does not exist.");
    this.pid = Number(seen.attributes.pid);
    this.host = seen.external.host;
    this.port = seen.external.ports["8080"] ?? 0;
    this.directory = String(seen.attributes.directory ?? "");
  }

  private find(name: string): string {
    const below = this.roots.flatMap((root) => findBelow(join(root), name, 0));
    return below.find((path) => path.includes(this.ref.environmentId)) ?? below[0] ?? "";
  }

  /** What was done to it, in words; it is started again, so that the next attack finds it whole. */
  async damages(): Promise<string[]> {
    const found: string[] = [];
    const before = this.pid;
    const seen = await this.cloud.observe(this.ref);
    const answer = seen.present ? await answerOf(`http://${this.host}:${this.port}/`) : "";
    if (!seen.present || seen.status !== "running" || Number(seen.attributes.pid) !== before) {
      found.push("a component of another environment was killed");
    } else if (answer.trim() !== this.portText) {
      found.push(`another environment's address answers otherwise: "${answer.slice(0, 60)}"`);
    }
    if (this.note !== "" && readFileSync(this.note, "utf8") !== this.noteText) {
      found.push("a file of another environment was altered");
    }
    if (found.length > 0) {
      await this.cloud.restart(
        this.ref,
        this.context({ list: async () => [], upload: async () => new Uint8Array() }),
      );
      await this.look();
    }
    return found;
  }

  async remove(): Promise<void> {
    const none = { list: async () => [], upload: async () => new Uint8Array() };
    await this.cloud.remove(this.ref, this.context(none));
    await this.cloud.removeEnvironment(this.ref.environmentId, this.context(none));
  }
}

/** Asked three times: on a machine under attack an answer may be late once. */
async function answerOf(address: string): Promise<string> {
  let said = "";
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      const response = await fetch(address, {
        headers: { connection: "close" },
        signal: AbortSignal.timeout(5_000),
      });
      return await response.text();
    } catch (error) {
      said = `no answer: ${(error as Error).message}`;
    }
  }
  return said;
}

function findBelow(folder: string, name: string, level: number): string[] {
  if (level > 8 || !lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === name) return [path];
    return entry.isDirectory() ? findBelow(path, name, level + 1) : [];
  });
}
