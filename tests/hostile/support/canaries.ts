import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";

/** Texts that no attacker must ever see, by what they stand for. */
export class Markers {
  private readonly texts = new Map<string, string>();

  /** A new marker; attackers know how markers begin, and only reading the canary gives the rest. */
  make(name: string): string {
    const text = `CANARY-${name}-${randomBytes(8).toString("hex")}`;
    this.texts.set(text, name);
    return text;
  }

  /** Names of the canaries whose text stands in there. */
  in(text: string): string[] {
    return [...this.texts].filter(([marker]) => text.includes(marker)).map(([, name]) => name);
  }
}

const preciousText = "what must stay as it is\n";

/** What surrounds the components on a host where Rostrum runs: its key, its worker, its portal, other people's files. */
export class Canaries {
  readonly markers = new Markers();
  readonly dataDir: string;
  readonly secretKey: string;
  readonly backup: string;
  readonly homeFile: string;
  readonly precious: string;
  readonly sockets: string[];
  readonly abstractName = `rostrum-hostile-${randomBytes(4).toString("hex")}`;
  readonly segmentKey = randomBytes(4).readUInt32BE() >>> 1;
  readonly keyName = `rostrum-hostile-${randomBytes(4).toString("hex")}`;
  portalPort = 0;
  workerPid = 0;
  private worker: ChildProcess | undefined;
  private readonly servers: Server[] = [];
  private readonly before: string;

  constructor(
    readonly base: string,
    private readonly kit: string,
  ) {
    this.dataDir = join(base, "data");
    this.secretKey = join(this.dataDir, "secret.key");
    this.backup = join(this.dataDir, "backups", "env_other", "bkp_1.tar.gz");
    this.homeFile = join(base, "home", ".ssh", "id_ed25519");
    this.precious = join(base, "precious");
    this.sockets = [join(this.dataDir, "worker.sock"), join("/tmp", `${this.abstractName}.sock`)];
    this.before = this.hostFacts();
  }

  async make(): Promise<void> {
    const { markers } = this;
    for (const folder of [this.dataDir, join(this.backup, ".."), join(this.homeFile, "..")]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    writeFileSync(this.secretKey, markers.make("secret key"), { mode: 0o600 });
    // As they were written once: with the mode of that time, below a folder that others cannot enter.
    writeFileSync(this.backup, markers.make("backup of another project"), { mode: 0o644 });
    writeFileSync(this.homeFile, markers.make("file of the host's user"), { mode: 0o600 });
    this.layPrecious();
    process.env.DATABASE_URL = `postgres://rostrum:${markers.make("environment of the worker")}@127.0.0.1/rostrum`;
    const portal = await this.listen({ host: "127.0.0.1", port: 0 }, markers.make("portal on loopback"));
    this.portalPort = (portal.address() as AddressInfo).port;
    await this.listen({ path: `\0${this.abstractName}` }, markers.make("abstract socket"));
    for (const path of this.sockets) await this.listen({ path }, markers.make("socket of a worker"));
    this.startWorker();
    this.perl("makeSegment", String(this.segmentKey), markers.make("shared memory"));
    this.perl("makeKey", this.keyName, markers.make("keyring"));
  }

  private layPrecious(): void {
    mkdirSync(join(this.precious, "inner"), { recursive: true, mode: 0o755 });
    writeFileSync(join(this.precious, "keep"), preciousText, { mode: 0o644 });
    writeFileSync(join(this.precious, "inner", "keep"), preciousText, { mode: 0o644 });
    // Large enough that a bound for logs would cut it, without taking space.
    execFileSync("truncate", ["-s", "40M", join(this.precious, "large")]);
    chmodSync(this.precious, 0o755);
  }

  /** Says its text to every client, in a way that browsers understand as well. */
  private async listen(where: object, text: string): Promise<Server> {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      // A connection whose question is not read never ends.
      socket.resume();
      socket.end(`HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n${text}\n`);
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(where, resolve);
    });
    this.servers.push(server);
    return server;
  }

  private startWorker(): void {
    this.worker = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      cwd: this.dataDir,
      env: { DATABASE_URL: process.env.DATABASE_URL, PATH: process.env.PATH } as unknown as NodeJS.ProcessEnv,
      stdio: "ignore",
    });
    this.workerPid = this.worker.pid ?? 0;
  }

  /** The Perl kit, run by the harness itself. */
  perl(...args: string[]): string {
    if (!existsSync("/usr/bin/perl")) return "";
    return execFileSync("/usr/bin/perl", [join(this.kit, "kit.pl"), ...args], { encoding: "latin1" });
  }

  /** What of it was altered, in words; it is put right again, so that the next attack finds it whole. */
  damages(): string[] {
    const found: string[] = [];
    const { worker } = this;
    if (!worker || worker.exitCode !== null || worker.signalCode !== null || isPaused(this.workerPid)) {
      found.push("a worker was killed or stopped");
      worker?.kill("SIGKILL");
      this.startWorker();
    }
    const said = this.preciousDamage();
    if (said) {
      found.push(said);
      rmSync(this.precious, { recursive: true, force: true });
      this.layPrecious();
    }
    if (this.hostFacts() !== this.before) found.push("the host's name, programs or settings were altered");
    for (const path of [this.secretKey, this.backup, this.homeFile]) {
      if (this.markers.in(readIfThere(path)).length === 0) found.push(`${path} was altered`);
    }
    return found;
  }

  private preciousDamage(): string | null {
    const files = [join(this.precious, "keep"), join(this.precious, "inner", "keep")];
    const altered = files.find((path) => readIfThere(path) !== preciousText);
    if (altered) return `a file of the host was removed or altered: ${altered}`;
    if (statSync(join(this.precious, "large")).size !== 40 * 2 ** 20)
      return "a file of the host was truncated";
    const names = readdirSync(this.precious).sort().join(" ");
    if (names !== "inner keep large") return `files were put into a folder of the host: ${names}`;
    const mine = process.getuid?.() ?? 0;
    return statSync(this.precious).uid === mine ? null : "a folder of the host was given to another user";
  }

  private hostFacts(): string {
    const node = statSync(process.execPath);
    const pattern = readIfThere("/proc/sys/kernel/core_pattern");
    const persistent = ["/etc/cron.d", "/var/spool/cron", "/etc/ld.so.preload", "/etc/profile.d"];
    const marks = persistent.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return JSON.stringify([hostname(), node.size, node.mtimeMs, node.ino, pattern, marks]);
  }

  async close(): Promise<void> {
    this.worker?.kill("SIGKILL");
    for (const server of this.servers) await new Promise((resolve) => server.close(resolve));
    this.perl("removeSegment", String(this.segmentKey));
    this.perl("removeKey", this.keyName);
    for (const path of this.sockets) rmSync(path, { force: true });
  }
}

function isPaused(pid: number): boolean {
  return /^State:\s+[Tt]/m.test(readIfThere(`/proc/${pid}/status`));
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Removed: that is what the caller finds out.
    return "";
  }
}
