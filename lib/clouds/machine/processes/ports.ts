import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type ComponentRef, DriverError, refKey } from "../../contract";
import { createExclusively } from "../data/files";

/** Whether nothing listens there now, found out by listening. */
export function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

interface Reservation {
  ref: string;
  /** What the port is for: `r0:8080`, `ext:8080`. */
  use: string;
}

/** Reserves ports in files, so that they stay a component's own while it is stopped or dead. */
export class PortBook {
  constructor(
    private readonly directory: string,
    private readonly bind: string,
    private readonly range: readonly [number, number],
  ) {}

  /**
   * The port of that use of that component: the one it has, else a free one.
   * @throws DriverError (retryable) when no port of the range is free.
   */
  async reserve(ref: ComponentRef, use: string): Promise<number> {
    const own = this.list().find((entry) => entry.ref === refKey(ref) && entry.use === use);
    if (own) return own.port;
    const [first, last] = this.range;
    const count = last - first + 1;
    // A start that differs by component keeps ports stable over a removal and spreads contenders.
    const seed = createHash("sha256")
      .update(`${refKey(ref)} ${use}`)
      .digest()
      .readUInt32BE(0);
    for (let step = 0; step < count; step += 1) {
      const port = first + ((seed + step) % count);
      const text = JSON.stringify({ ref: refKey(ref), use } satisfies Reservation);
      if (!createExclusively(join(this.directory, String(port)), text)) continue;
      if (await isPortFree(this.bind, port)) return port;
      this.free(port);
    }
    throw new DriverError("retryable", `No free ports in range ${first}–${last}.`, {
      hint: "Destroy unused environments or widen the port range.",
    });
  }

  free(port: number): void {
    rmSync(join(this.directory, String(port)), { force: true });
  }

  /** Frees the ports of a component, all or those of some uses; answers how many. */
  freeOf(ref: ComponentRef, isUnused: (use: string) => boolean = () => true): number {
    const unused = this.list().filter((entry) => entry.ref === refKey(ref) && isUnused(entry.use));
    for (const { port } of unused) this.free(port);
    return unused.length;
  }

  /** Gives up those ports of a component on which someone listens. */
  async freeTaken(ref: ComponentRef): Promise<void> {
    for (const entry of this.list()) {
      if (entry.ref === refKey(ref) && !(await isPortFree(this.bind, entry.port))) this.free(entry.port);
    }
  }

  list(): (Reservation & { port: number })[] {
    return readdirSync(this.directory).flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const text = readFileSync(join(this.directory, name), "utf8");
        return [{ ...(JSON.parse(text) as Reservation), port: Number(name) }];
      } catch (error) {
        // Freed between the two looks.
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        throw error;
      }
    });
  }
}
