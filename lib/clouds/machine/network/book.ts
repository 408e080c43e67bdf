import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DriverError } from "../../contract";
import { createExclusively } from "../data/files";

/** Benchmark networks, RFC 2544: 198.18.0.0/15. Each environment gets four addresses of them. */
const [base, networks] = [0xc6120000, 32_768];
const staleAfterMs = 60_000;

/** An address of the network with that index: 1 is the host's end, 2 the environment's. */
export function addressIn(index: number, end: 1 | 2): string {
  const number = base + index * 4 + end;
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}

/** Name of the host's end of a network, whichever cloud made it: rs, six digits of the cloud, a dot, the index. */
const interfaceName = /^rs[0-9a-f]{6}\.([0-9a-f]{1,4})$/;

function indicesInUse(): Set<number> {
  const names = readdirSync("/sys/class/net");
  return new Set(
    names.flatMap(
      (name) =>
        interfaceName
          .exec(name)
          ?.slice(1)
          .map((hex) => Number.parseInt(hex, 16)) ?? [],
    ),
  );
}

/** Which network belongs to which environment, in files. Reservations are the machine's: two clouds never share one. */
export class NetworkBook {
  constructor(
    private readonly directory: string,
    private readonly root: string,
  ) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** The index an environment has, null when it has none. */
  find(environmentId: string): number | null {
    const mark = this.mark(environmentId);
    const name = this.names().find((one) => this.read(one) === mark);
    return name === undefined ? null : Number(name);
  }

  /** The index an environment has, else a free one. @throws DriverError (retryable) when all are given away */
  reserve(environmentId: string): number {
    const own = this.find(environmentId);
    if (own !== null) return own;
    const taken = new Set(this.names());
    const used = indicesInUse();
    for (let index = 0; index < networks; index += 1) {
      // What an installation left that is gone still has its addresses.
      if (used.has(index)) continue;
      if (taken.has(String(index)) && !this.dropStale(index)) continue;
      if (createExclusively(join(this.directory, String(index)), this.mark(environmentId))) return index;
    }
    throw new DriverError("retryable", "No unused networks available on this machine");
  }

  /** The environments of this cloud that have one. */
  environments(): string[] {
    return this.names().flatMap((name) => {
      const [root, environmentId] = (this.read(name) ?? "").split("\n");
      return root === this.root && environmentId ? [environmentId] : [];
    });
  }

  free(environmentId: string): void {
    const index = this.find(environmentId);
    if (index !== null) rmSync(join(this.directory, String(index)), { force: true });
  }

  /** An installation that was deleted with its data leaves reservations that nothing frees. */
  private dropStale(index: number): boolean {
    const file = join(this.directory, String(index));
    const facts = statSync(file, { throwIfNoEntry: false });
    if (!facts) return true;
    const [root, environmentId] = (this.read(String(index)) ?? "").split("\n");
    const isOld = Date.now() - facts.mtimeMs > staleAfterMs;
    if (!isOld || (root && environmentId && existsSync(join(root, environmentId)))) return false;
    rmSync(file, { force: true });
    return true;
  }

  private names(): string[] {
    return readdirSync(this.directory).filter((name) => /^\d+$/.test(name));
  }

  private mark(environmentId: string): string {
    return `${this.root}\n${environmentId}\n`;
  }

  private read(name: string): string | null {
    try {
      return readFileSync(join(this.directory, name), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }
}
