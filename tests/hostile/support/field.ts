import { randomInt } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect, type NetConnectOpts } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  ChangeContext,
  CloudConnection,
  CloudHealth,
  ComponentRef,
  FileSource,
} from "@/lib/clouds/contract";
import { machineDriver } from "@/lib/clouds/machine";
import { runtimeDir } from "@/lib/platform/exec/reachable";
import type { Arena } from "./arena";
import { Canaries } from "./canaries";
import { droppings, hostProcesses, kernelTraces, ownNamespaces } from "./host";
import { rootsOf, uidsOfRun } from "./sweep";
import { Victim } from "./victim";

const isRoot = process.getuid?.() === 0;

export interface FieldOptions {
  /** Folder of this run, outside of the folders that everybody may write to. */
  base: string;
  kit: string;
  portRange: [number, number];
  firstUid: number;
}

/** A host on which Rostrum runs a machine cloud, with its canaries and a victim, and what attackers left on it. */
export class Field {
  readonly canaries: Canaries;
  readonly kit: string;
  readonly noFiles: FileSource = { list: async () => [], upload: async () => new Uint8Array() };
  /** User ids of this run alone: what belongs to one of them was made by an attacker. */
  readonly uidRange: [number, number];
  readonly warnings: string[] = [];
  facts: Record<string, string> = {};
  private connection: CloudConnection | undefined;
  private other: Victim | undefined;

  constructor(private readonly options: FieldOptions) {
    this.kit = options.kit;
    this.canaries = new Canaries(options.base, options.kit);
    this.uidRange = [options.firstUid, options.firstUid + uidsOfRun - 1];
  }

  get cloud(): CloudConnection {
    if (!this.connection) throw new Error("The field is not open.");
    return this.connection;
  }

  get victim(): Victim {
    if (!this.other) throw new Error("The field is not open.");
    return this.other;
  }

  get portRange(): [number, number] {
    return this.options.portRange;
  }

  /** What answers on a port of the host itself, as text. */
  answerOn(port: number, host = "127.0.0.1"): Promise<string> {
    return answerOf({ port, host });
  }

  answerAt(path: string): Promise<string> {
    return answerOf({ path });
  }

  get cloudDir(): string {
    return join(this.canaries.dataDir, "clouds", "cld_hostile");
  }

  /** Folders in which the driver may keep what belongs to components. */
  get roots(): string[] {
    return rootsOf(this.canaries.dataDir);
  }

  /** A second connection to the same folders with other settings. */
  async open(config: Record<string, unknown> = {}): Promise<CloudConnection> {
    const { portRange } = this.options;
    const settings = { portRange, uidRange: this.uidRange, allowPrograms: ["perl", "sh", "node"], ...config };
    return await machineDriver.open(machineDriver.configSchema.parse(settings), {
      cloudId: "cld_hostile",
      dataDir: this.cloudDir,
      runtimeDir: runtimeDir({ dataDir: this.canaries.dataDir, runtimeDir: undefined }),
      credentials: {},
      log: (level, message) => void this.warnings.push(`${level}: ${message}`),
    });
  }

  async prepare(): Promise<CloudHealth> {
    await this.canaries.make();
    this.connection = await this.open();
    const health = await this.connection.check();
    this.facts = health.facts;
    const context = (files: FileSource): ChangeContext => ({
      idempotencyKey: `stp_${randomInt(2 ** 40)}`,
      signal: AbortSignal.timeout(60_000),
      files,
      log: () => undefined,
    });
    this.other = new Victim(this.connection, this.canaries, this.roots, context, this.kit);
    await this.other.start();
    return health;
  }

  markersIn(text: string): string[] {
    return this.canaries.markers.in(text);
  }

  /** What attackers are told: where everything lies that they must not reach. */
  targets(token: string): object {
    const { canaries, other } = this;
    return {
      token,
      base: canaries.base,
      dataDir: canaries.dataDir,
      // An empty folder may stand in its place: this tells the real one.
      dataDirIs: identityOf(canaries.dataDir),
      roots: this.roots,
      secretKey: canaries.secretKey,
      backup: canaries.backup,
      homeFile: canaries.homeFile,
      precious: canaries.precious,
      sockets: canaries.sockets,
      abstractName: canaries.abstractName,
      segmentKey: canaries.segmentKey,
      keyName: canaries.keyName,
      portalPort: canaries.portalPort,
      workerPid: canaries.workerPid,
      harnessPid: process.pid,
      hostNamespaces: ownNamespaces(),
      ports: this.options.portRange,
      victim: other && {
        pid: other.pid,
        host: other.host,
        port: other.port,
        directory: other.directory,
        note: other.note,
        log: other.log,
        environmentId: other.ref.environmentId,
      },
    };
  }

  /** The file of a component's log, empty where there is none. */
  logOf(ref: ComponentRef): string {
    const places = [this.cloudDir, ...this.roots.slice(1).map((root) => join(root, "machine"))];
    const found = places.map((root) => join(root, ref.environmentId, ref.component, "logs", "output.log"));
    return found.find((path) => existsSync(path)) ?? "";
  }

  /** Set-id files, devices and pipes in the folders of some environments, as sentences. */
  specialsOf(environmentIds: readonly string[]): string[] {
    const places = [this.cloudDir, ...this.roots.slice(1).map((root) => join(root, "machine"))];
    return places.flatMap((root) => environmentIds.flatMap((id) => specialsBelow(join(root, id))));
  }

  /** Whether a user id was given to a component of this run. */
  isGivenUid(uid: number): boolean {
    return isRoot && uid >= this.uidRange[0] && uid <= this.uidRange[1];
  }

  /** User ids of everything that carries an attack's token now. Empty where all run as this very user. */
  uidsOf(token: string): Set<number> {
    const own = hostProcesses().filter((info) => info.environment.includes(token));
    return new Set(own.map((info) => info.uid).filter((uid) => this.isGivenUid(uid)));
  }

  /** What is still there of an attack whose environments were destroyed. Looks again for a moment before it believes. */
  async leftOf(arena: Arena, uids: ReadonlySet<number>): Promise<string[]> {
    const look = () => this.tracesOf(arena, uids);
    let found = look();
    for (let tries = 0; found.length > 0 && tries < 15; tries += 1) {
      await sleep(200);
      found = look();
    }
    return found;
  }

  private tracesOf(arena: Arena, uids: ReadonlySet<number>): string[] {
    const processes = hostProcesses().filter(
      (info) =>
        info.environment.includes(arena.token) || uids.has(info.uid) || info.command.includes(arena.token),
    );
    return [
      ...processes.map((info) => `process ${info.pid} (${info.state}) ${info.command.slice(0, 60)}`),
      ...droppings(arena.token, (uid) => uids.has(uid)),
      ...arena.environmentIds.flatMap((id) => [...kernelTraces(id), ...this.filesNaming(id)]),
    ];
  }

  private filesNaming(environmentId: string): string[] {
    const places = [this.cloudDir, ...this.roots.slice(1).flatMap((root) => [root, join(root, "machine")])];
    return places.flatMap((root) => [
      ...(existsSync(join(root, environmentId)) ? [`folder ${join(root, environmentId)}`] : []),
      ...reservations(join(root, "ports"), environmentId),
    ]);
  }

  async close(): Promise<void> {
    await this.other?.remove();
    await this.connection?.close();
    await this.canaries.close();
    for (const root of this.roots) rmSync(root, { recursive: true, force: true });
  }
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}

function answerOf(where: NetConnectOpts): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(where, () => socket.write("GET / HTTP/1.0\r\n\r\n"));
    socket.setTimeout(1_500, () => socket.destroy());
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
  });
}

function specialsBelow(folder: string): string[] {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (!facts) return [];
    if (facts.isDirectory()) return specialsBelow(path);
    if (facts.isFile() && (facts.mode & 0o6000) !== 0)
      return [`a set-id file of user ${facts.uid} was put there: ${name}`];
    if (facts.isBlockDevice() || facts.isCharacterDevice()) return [`a device was put there: ${name}`];
    return facts.isFile() && facts.nlink > 1 ? [`a hard link was put there: ${name}`] : [];
  });
}

function reservations(folder: string, environmentId: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => {
      try {
        return readFileSync(join(folder, name), "utf8").includes(environmentId);
      } catch {
        // Given up between the two looks.
        return false;
      }
    })
    .map((name) => `port ${name}`);
}
