import { appendFile, link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ComponentRef, ResourceStatus } from "../contract";

/** What a volume holds, as a tar in base64; empty while nothing was copied into it. */
export interface SimulatedVolume {
  name: string;
  path: string;
  tar: string;
}

/** One thing that exists in the simulated world. */
export interface SimulatedThing {
  ref: ComponentRef;
  externalId: string;
  key: string;
  digest: string;
  status: ResourceStatus;
  replicas: number;
  port: number;
  /** Logical ports, in order; published from `port` on. Absent in things written before they were kept. */
  ports?: string[];
  cpu: number;
  memoryBytes: number;
  readyAtMs: number;
  createdAtMs: number;
  /** Absent in things written before they were kept. */
  volumes?: SimulatedVolume[];
  /** Absent until it was started again. */
  startedAtMs?: number;
}

/** The simulated world's memory, and a journal of what was really created and removed in it. */
export interface SimulatedStore {
  get(ref: ComponentRef): Promise<SimulatedThing | null>;
  /** Replaces a thing, or creates it: a second creation of the same name answers what is there. */
  put(thing: SimulatedThing, created: boolean): Promise<SimulatedThing>;
  delete(ref: ComponentRef): Promise<void>;
  all(): Promise<SimulatedThing[]>;
  /** Counts a strike of a fault and says how many there were before. */
  strike(key: string): Promise<number>;
}

export function memoryStore(): SimulatedStore {
  const things = new Map<string, SimulatedThing>();
  const strikes = new Map<string, number>();
  const name = (ref: ComponentRef) => `${ref.environmentId}/${ref.component}`;
  return {
    get: async (ref) => things.get(name(ref)) ?? null,
    put: async (thing, created) => {
      const there = things.get(name(thing.ref));
      if (created && there) return there;
      things.set(name(thing.ref), thing);
      return thing;
    },
    delete: async (ref) => void things.delete(name(ref)),
    all: async () => [...things.values()],
    strike: async (key) => {
      const before = strikes.get(key) ?? 0;
      strikes.set(key, before + 1);
      return before;
    },
  };
}

/** A file per thing, replaced atomically, so that a killed process leaves a whole world behind. */
export function diskStore(root: string): SimulatedStore {
  const folder = (environmentId: string) => join(root, "things", environmentId);
  const file = (ref: ComponentRef) => join(folder(ref.environmentId), `${ref.component}.json`);
  const journal = (line: object) =>
    appendFile(join(root, "journal.ndjson"), `${JSON.stringify({ at: Date.now(), ...line })}\n`);
  return {
    get: (ref) => readThing(file(ref)),
    put: async (thing, created) => {
      await mkdir(folder(thing.ref.environmentId), { recursive: true });
      const target = file(thing.ref);
      const temporary = `${target}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
      await writeFile(temporary, JSON.stringify(thing));
      if (!created) {
        await rename(temporary, target);
        return thing;
      }
      // Like a real cloud this one lets a name exist once: of two simultaneous creations one fails.
      const failed = await link(temporary, target).then(
        () => null,
        (error: NodeJS.ErrnoException) => error,
      );
      await rm(temporary, { force: true });
      if (failed && failed.code !== "EEXIST") throw failed;
      const there = failed ? await readThing(target) : thing;
      if (!failed) await journal({ created: thing.externalId, key: thing.key });
      return there ?? thing;
    },
    delete: async (ref) => {
      const thing = await readThing(file(ref));
      if (!thing) return;
      await journal({ removed: thing.externalId });
      await rm(file(ref), { force: true });
    },
    all: async () => {
      const things: SimulatedThing[] = [];
      for (const environmentId of await names(join(root, "things"))) {
        for (const name of await names(folder(environmentId))) {
          if (!name.endsWith(".json")) continue;
          const thing = await readThing(join(folder(environmentId), name));
          if (thing) things.push(thing);
        }
      }
      return things;
    },
    strike: async (key) => {
      const path = join(root, "strikes", encodeURIComponent(key));
      await mkdir(join(root, "strikes"), { recursive: true });
      const before = await readFile(path, "utf8").catch(missingAs(""));
      await appendFile(path, "x");
      return before.length;
    },
  };
}

async function readThing(path: string): Promise<SimulatedThing | null> {
  const text = await readFile(path, "utf8").catch(missingAs(null));
  return text === null ? null : (JSON.parse(text) as SimulatedThing);
}

async function names(path: string): Promise<string[]> {
  return readdir(path).catch(missingAs<string[]>([]));
}

function missingAs<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return value;
    throw error;
  };
}
