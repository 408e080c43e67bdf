import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allSettled } from "@/lib/kernel/promises";
import { findTool, type SandboxTools } from "@/lib/platform/sandbox";
import { DriverError } from "../../contract";
import { withLock } from "../lock";
import { addressIn, NetworkBook } from "./book";
import { command } from "./command";
import { hasIpv6, hostScript, isNamespace, make, removeInterface } from "./namespace";
import {
  innerLinks,
  type LedPorts,
  ledOf,
  linkDifferences,
  mapDifferences,
  readLed,
  section,
  tableText,
  walls,
} from "./table";

/**
 * A network namespace for every environment, where Rostrum is root and the host has iproute2 and nftables: its components
 * share a loopback of their own, reach nothing that listens on the host or in another environment, and are reached through
 * the ports they were given alone, however they listen. The way out is a pair of virtual interfaces and address
 * translation. Commands: ip-netns(8), ip-link(8), nft(8).
 */
export interface Networks {
  /** The environment's namespace as a path; it is made when it is missing. */
  ensure(environmentId: string): Promise<string>;
  /** The path of a namespace that is there, null when it is not. */
  find(environmentId: string): string | null;
  /**
   * Makes exactly these ports lead where they should. They are asked for once no other call leads ports of the environment.
   * What was led before is known, unless it shall be looked up: someone may have flushed the host's rules.
   */
  lead(environmentId: string, ports: () => LedPorts, lookUp?: boolean): Promise<void>;
  /** Removes the namespace and all that leads to it. */
  remove(environmentId: string): Promise<void>;
  /**
   * Puts the host's rules up again where they are gone (flushed by a firewall that was started again), and answers whether
   * they were. The ports of all environments have to be led again then.
   */
  repair(): Promise<boolean>;
  /** The environments that have a network. */
  list(): string[];
}

export interface NetworkOwner {
  /** Directory of the cloud's lock files. */
  locks: string;
  /** The cloud's directory, and hexadecimal digits that tell it from others on the host. */
  root: string;
  mark: string;
  /** The address the cloud listens on. */
  bind: string;
}

export { ledHost } from "./table";

const bookDirectory = "/var/lib/rostrum/networks";
/**
 * A file for each namespace that was made to its end, with the ports that were led last; gone with the namespaces when the
 * host is started again.
 */
const wholeDirectory = "/run/rostrum-networks";
const attempts = 5;
/** Other processes of Rostrum do not try again what one has just found to work. */
const proofMs = 10 * 60_000;

/** What passes by itself: a host that could make networks once is not taken for one that cannot. */
const passing =
  /ENOSPC|EMFILE|ENFILE|ENOMEM|EAGAIN|No space left|Cannot allocate|Too many open|SIG(TERM|KILL)/;

/**
 * Networks of their own for environments, found out by making one; null, with the reason, where there are none.
 * @throws DriverError (retryable) where there were some, or what is missing may come back: components never share the host's
 * network by mistake
 */
export async function findNetworks(
  owner: NetworkOwner,
  sandbox: SandboxTools,
): Promise<{ networks: Networks | null; reason: string | null }> {
  const reason = reasonAgainst(owner, sandbox);
  if (reason) return { networks: null, reason };
  const networks = openNetworks(owner, findTool("ip") ?? "", findTool("nft") ?? "");
  const proof = join(wholeDirectory, `proof-${owner.mark}`);
  const proved = statSync(proof, { throwIfNoEntry: false });
  if (proved && Date.now() - proved.mtimeMs < proofMs) return { networks, reason: null };
  const probe = `probe_${process.pid}`;
  try {
    await networks.ensure(probe);
    await networks.remove(probe);
    writeFileSync(proof, "");
    return { networks, reason: null };
  } catch (error) {
    const said = String(error);
    if (networks.list().length > 0 || passing.test(said)) {
      throw new DriverError("retryable", `Couldn’t prepare the component network: ${said}`, {
        cause: error,
      });
    }
    return { networks: null, reason: `network namespaces can’t be used: ${said}` };
  }
}

function reasonAgainst({ bind }: NetworkOwner, sandbox: SandboxTools): string | null {
  if (!sandbox.isRoot) return "Rostrum doesn’t run as root";
  if (sandbox.isolation.level !== "namespaces") return "namespaces can’t be created";
  if (bind.includes(":")) return "the cloud listens on an IPv6 address";
  const packages = { ip: "iproute2", nft: "nftables", nsenter: "util-linux", setpriv: "util-linux" };
  const missing = Object.entries(packages).filter(([name]) => !findTool(name));
  return missing.length === 0 ? null : `not installed: ${missing.map(([, one]) => one).join(", ")}`;
}

function openNetworks(owner: NetworkOwner, ip: string, nft: string): Networks {
  const book = new NetworkBook(bookDirectory, owner.root);
  const table = `rostrum_${owner.mark}`;
  // Names of interfaces have at most 15 characters.
  const interfaces = `rs${owner.mark.slice(0, 6)}`;
  const names = (index: number) => ({
    namespace: `${table}_${index}`,
    path: `/run/netns/${table}_${index}`,
    outside: `${interfaces}.${index.toString(16)}`,
    inside: addressIn(index, 2),
  });

  let prepared: Promise<string> | undefined;
  /** Once per process; a host that forgot it (a flushed rule set) is told again after the next failure. */
  const prepare = async () => {
    prepared ??= command(
      ["/bin/sh", "-c", hostScript, nft],
      tableText({ table, interfaces, bind: owner.bind, hasIpv6: hasIpv6() }),
    );
    try {
      await prepared;
    } catch (error) {
      prepared = undefined;
      throw error;
    }
  };

  const networks: Networks = {
    async ensure(environmentId) {
      await prepare();
      const known = networks.find(environmentId);
      if (known) return known;
      return await alone(environmentId, async () => {
        const found = networks.find(environmentId);
        if (found) return found;
        const index = await oneAtATime(async () => book.reserve(environmentId));
        const { path, namespace, outside } = names(index);
        mkdirSync(wholeDirectory, { recursive: true, mode: 0o700 });
        if (await isWhole(namespace, path, outside)) {
          // Only the note of it was lost, and with it what was led.
          writeFileSync(join(wholeDirectory, namespace), "");
          return path;
        }
        // What living components are in stays, and is wired again.
        if (!isNamespace(path)) rmSync(path, { force: true });
        // No program is started in it without the walls around it.
        await allSettled([make(ip, nft, { index, namespace, outside }), networks.repair()]);
        note(namespace, { outer: [], inner: [], links: [] });
        return path;
      });
    },
    find(environmentId) {
      const index = book.find(environmentId);
      if (index === null) return null;
      const { path, namespace, outside } = names(index);
      const isWired = isNamespace(path) && existsSync(`/sys/class/net/${outside}`);
      return isWired && existsSync(join(wholeDirectory, namespace)) ? path : null;
    },
    list: () => book.environments(),
    async repair() {
      if (await standing()) return false;
      prepared = undefined;
      await prepare();
      return true;
    },
    async lead(environmentId, ports, lookUp = false) {
      await alone(environmentId, () => leadAlone(environmentId, ports(), lookUp));
    },
    async remove(environmentId) {
      const index = book.find(environmentId);
      if (index === null) return;
      await alone(environmentId, async () => {
        await leadAlone(environmentId, { outer: [], inner: [], links: [] }, false);
        const { path, namespace, outside } = names(index);
        rmSync(join(wholeDirectory, namespace), { force: true });
        await discard(namespace, path);
        await removeInterface(ip, outside);
        await oneAtATime(async () => {
          book.free(environmentId);
          if (book.environments().length === 0) await takeDown();
        });
      });
    },
  };

  /** The one that reserves a network finds the rules up, or puts them up: they go with the last reservation. */
  const oneAtATime = <T>(work: () => Promise<T>) => lock("cloud", work);

  /** The host's rules: every change of any rule of a host reads them all, so none are left behind. */
  const takeDown = async () => {
    prepared = undefined;
    const families = hasIpv6() ? ["ip", "ip6"] : ["ip"];
    const lines = families.flatMap((family) => [
      `add table ${family} ${table}`,
      `delete table ${family} ${table}`,
    ]);
    await command([nft, "-f", "-"], lines.join("\n"));
  };

  /** Whether the rules are there that hold environments back. */
  const standing = async () => {
    try {
      const listed = await command([nft, "-t", "list", "table", "ip", table]);
      return walls.every((chain) => /\bdrop\b/.test(section(listed, `chain ${chain}`)));
    } catch {
      // No such table or chain.
      return false;
    }
  };

  const isWhole = async (namespace: string, path: string, outside: string) => {
    if (!isNamespace(path) || !existsSync(`/sys/class/net/${outside}`)) return false;
    try {
      await command([ip, "netns", "exec", namespace, nft, "list", "table", "ip", "inner"]);
      return true;
    } catch {
      // What a worker left that died before it was whole.
      return false;
    }
  };

  /** Also takes away a file that stands for no namespace any more: /run may outlive the host's restart. */
  const discard = async (namespace: string, path: string) => {
    if (isNamespace(path)) await command([ip, "netns", "delete", namespace]);
    else rmSync(path, { force: true });
  };

  /** One at a time for an environment, whichever worker it is: what is read here is what is changed. */
  const alone = <T>(environmentId: string, work: () => Promise<T>) => lock(environmentId, work);

  const lock = <T>(name: string, work: () => Promise<T>) =>
    withLock(
      owner.locks,
      { environmentId: name, environmentName: name, component: "-network" },
      undefined,
      work,
    );

  async function leadAlone(environmentId: string, wanted: LedPorts, lookUp: boolean): Promise<void> {
    const failures: unknown[] = [];
    while (failures.length < attempts) {
      try {
        await prepare();
        const index = book.find(environmentId);
        if (index === null) return;
        const { inside, outside, namespace, path } = names(index);
        const ends = { table, inside, outside };
        const isThere = isNamespace(path);
        const noted = lookUp || failures.length > 0 ? null : readNote(namespace);
        const current = noted
          ? ledOf(noted, ends)
          : readLed(await command([nft, "list", "table", "ip", table]), ends);
        const links = linkDifferences(ends, current, ledOf(wanted, ends));
        if (links.length > 0 && isThere) {
          await command([ip, "netns", "exec", namespace, nft, "-f", "-"], innerLinks(wanted.links));
        }
        const lines = [...mapDifferences(ends, current, ledOf(wanted, ends)), ...links];
        if (lines.length > 0) await command([nft, "-f", "-"], lines.join("\n"));
        if (isThere) note(namespace, wanted);
        return;
      } catch (error) {
        // Another worker said the same in between, or the rules are not what was known: they may be gone.
        prepared = undefined;
        failures.push(error);
      }
    }
    throw failures[0];
  }

  return networks;
}

function note(namespace: string, ports: LedPorts): void {
  writeFileSync(join(wholeDirectory, namespace), JSON.stringify(ports));
}

/** The ports that were led last; null where that was not written down. */
function readNote(namespace: string): LedPorts | null {
  try {
    return JSON.parse(readFileSync(join(wholeDirectory, namespace), "utf8")) as LedPorts;
  } catch {
    // Absent, empty, or half-written by a process that was killed: the rules themselves are read.
    return null;
  }
}
