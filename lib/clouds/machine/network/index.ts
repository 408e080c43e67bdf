import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findTool, type SandboxTools } from "@/lib/platform/sandbox";
import { withLock } from "../lock";
import { addressIn, NetworkBook } from "./book";
import { command } from "./command";
import {
  innerLinks,
  innerText,
  type LedPorts,
  ledOf,
  linkDifferences,
  mapDifferences,
  readLed,
  tableText,
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
   * What was led before is known, unless it shall be looked up: somebody may have flushed the host's rules.
   */
  lead(environmentId: string, ports: () => LedPorts, lookUp?: boolean): Promise<void>;
  /** Removes the namespace and all that leads to it. */
  remove(environmentId: string): Promise<void>;
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

const bookDirectory = "/var/lib/rostrum/networks";
/**
 * A file for each namespace that was made to its end, with the ports that were led last; gone with the namespaces when the
 * host is started again.
 */
const wholeDirectory = "/run/rostrum-networks";
const attempts = 5;
/** Other processes of Rostrum do not try again what one has just found to work. */
const proofMs = 10 * 60_000;

/** Networks of their own for environments, found out by making one; null, with the reason, where there are none. */
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
    return { networks: null, reason: `network namespaces cannot be used: ${String(error)}` };
  }
}

function reasonAgainst({ bind }: NetworkOwner, sandbox: SandboxTools): string | null {
  if (!sandbox.isRoot) return "Rostrum does not run as root";
  if (sandbox.isolation.level !== "namespaces") return "namespaces cannot be created";
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
      ["/bin/sh", "-c", hostScript, nft, interfaces],
      tableText(table, interfaces, owner.bind),
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
        const index = book.reserve(environmentId);
        const { path, namespace, outside } = names(index);
        // What a worker left that died before it was whole.
        if (existsSync(path)) await command([ip, "netns", "delete", namespace]);
        await make(ip, nft, { index, namespace, outside });
        mkdirSync(wholeDirectory, { recursive: true, mode: 0o700 });
        note(namespace, { outer: [], inner: [], links: [] });
        return path;
      });
    },
    find(environmentId) {
      const index = book.find(environmentId);
      if (index === null) return null;
      const { path, namespace } = names(index);
      return existsSync(path) && existsSync(join(wholeDirectory, namespace)) ? path : null;
    },
    async lead(environmentId, ports, lookUp = false) {
      await alone(environmentId, () => leadAlone(environmentId, ports(), lookUp));
    },
    async remove(environmentId) {
      const index = book.find(environmentId);
      if (index === null) return;
      await networks.lead(environmentId, () => ({ outer: [], inner: [], links: [] }));
      const { path, namespace, outside } = names(index);
      rmSync(join(wholeDirectory, namespace), { force: true });
      if (existsSync(path)) await command([ip, "netns", "delete", namespace]);
      await removeInterface(ip, outside);
      book.free(environmentId);
    },
  };

  /** One at a time for an environment, whichever worker it is: what is read here is what is changed. */
  const alone = <T>(environmentId: string, work: () => Promise<T>) =>
    withLock(
      owner.locks,
      { environmentId, environmentName: environmentId, component: "-network" },
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
        const isThere = existsSync(path);
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

/** The pair goes with the namespace, which goes with its last socket: often it is gone already or goes meanwhile. */
async function removeInterface(ip: string, outside: string): Promise<void> {
  const isThere = () => existsSync(`/sys/class/net/${outside}`);
  if (!isThere()) return;
  try {
    await command([ip, "link", "delete", outside]);
  } catch (error) {
    if (isThere()) throw error;
  }
}

/**
 * Switches forwarding on, lets an engine's own firewall pass these interfaces where it drops what it does not know (Docker
 * leaves the chain DOCKER-USER for that), and reads rules from its input. $0 is nft, $1 begins the interfaces' names.
 */
const hostScript = `read on < /proc/sys/net/ipv4/ip_forward; [ "$on" = 1 ] || echo 1 > /proc/sys/net/ipv4/ip_forward
if command -v iptables >/dev/null && iptables -w 5 -n -L DOCKER-USER >/dev/null 2>&1; then
  for rule in "-i $1+ -j ACCEPT" "-o $1+ -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"; do
    iptables -w 5 -C DOCKER-USER $rule 2>/dev/null || iptables -w 5 -I DOCKER-USER $rule
  done
fi
exec "$0" -f -`;

/**
 * A namespace with a way out, built by one process. $0 is ip, $1 nft, $2 the namespace, $3 the host's interface, $4 and $5 the
 * addresses of both ends; its input are the rules inside.
 */
const makeScript = `set -e
"$0" netns add "$2"
"$0" -batch - <<END
link add $3 type veth peer name eth0 netns $2
address add $4/30 dev $3
link set $3 up
END
"$0" -netns "$2" -batch - <<END
link set lo up
address add $5/30 dev eth0
link set eth0 up
route add default via $4
END
echo 1 > "/proc/sys/net/ipv4/conf/$3/route_localnet"
exec "$0" netns exec "$2" /bin/sh -c 'echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet && exec "$0" -f -' "$1"`;

async function make(
  ip: string,
  nft: string,
  { index, namespace, outside }: { index: number; namespace: string; outside: string },
): Promise<void> {
  const [gateway, inside] = [addressIn(index, 1), addressIn(index, 2)];
  // What an interrupted attempt left.
  await removeInterface(ip, outside);
  const words = ["/bin/sh", "-c", makeScript, ip, nft, namespace, outside, gateway, inside];
  await command(words, innerText(gateway));
}
