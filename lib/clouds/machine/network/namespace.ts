import { existsSync, statfsSync } from "node:fs";
import { addressIn } from "./book";
import { command } from "./command";
import { innerText } from "./table";

/** Whether the host speaks IPv6. */
export const hasIpv6 = () => existsSync("/proc/net/if_inet6");

/** Type of the file system that holds namespaces, statfs(2): a plain file of that name is a leftover. */
const namespaceType = 0x6e736673;

export function isNamespace(path: string): boolean {
  try {
    return statfsSync(path).type === namespaceType;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** The pair goes with the namespace, which goes with its last socket: often it is gone already or goes meanwhile. */
export async function removeInterface(ip: string, outside: string): Promise<void> {
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
 * leaves the chain DOCKER-USER for that), and reads rules from its input: among them is where these interfaces do not lead.
 * $0 is nft.
 */
export const hostScript = `read on < /proc/sys/net/ipv4/ip_forward; [ "$on" = 1 ] || echo 1 > /proc/sys/net/ipv4/ip_forward
if command -v iptables >/dev/null && iptables -w 5 -n -L DOCKER-USER >/dev/null 2>&1; then
  for rule in "-i rs+ -j ACCEPT" "-o rs+ -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"; do
    iptables -w 5 -C DOCKER-USER $rule 2>/dev/null || iptables -w 5 -I DOCKER-USER $rule
  done
fi
exec "$0" -f -`;

/** Inside the namespace. $0 is ip, $1 nft, $2 and $3 the addresses of both ends; its input are the rules. */
const insideScript = `set -e
conf=/proc/sys/net
[ ! -d $conf/ipv6 ] || echo 1 > $conf/ipv6/conf/eth0/disable_ipv6
"$0" -batch - <<END
link set lo up
address add $3/30 dev eth0
link set eth0 up
route add default via $2
END
echo 1 > $conf/ipv4/conf/eth0/route_localnet
exec "$1" -f -`;

/**
 * A namespace with a way out, by IPv4 alone, built by one process. $0 is ip, $1 nft, $2 the namespace, $3 the host's interface, $4 and $5 the
 * addresses of both ends; its input are the rules inside.
 */
const makeScript = `set -e
[ -e "/run/netns/$2" ] || "$0" netns add "$2"
echo "link add $3 type veth peer name eth0 netns $2" | "$0" -batch -
conf=/proc/sys/net
[ ! -d $conf/ipv6 ] || echo 1 > "$conf/ipv6/conf/$3/disable_ipv6"
"$0" -batch - <<END
address add $4/30 dev $3
link set $3 up
END
echo 1 > "$conf/ipv4/conf/$3/route_localnet"
exec "$0" netns exec "$2" /bin/sh -c '${insideScript}' "$0" "$1" "$4" "$5"`;

export async function make(
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
