/**
 * Where this host reaches the ports of environments. Not 127.0.0.1: to a browser that is the portal's `localhost`, whatever
 * the port, and a component could lead people there to be sent the portal's cookies. All of 127.0.0.0/8 is this host.
 */
export const ledHost = "127.0.0.2";

/** Maps of the host's table: ports for whom the cloud listens, and ports for this host alone. */
export const maps = ["outer", "inner"] as const;
export type PortMap = (typeof maps)[number];

export interface TableOptions {
  table: string;
  /** Beginning of the names of the cloud's interfaces. */
  interfaces: string;
  /** The address the cloud listens on. */
  bind: string;
  /** Whether the host speaks IPv6; environments never do. */
  hasIpv6: boolean;
}

/** The interfaces of every cloud of every installation on this host. */
const allBridges = '"rs*"';
/** Bridges of other programs that run containers or machines here: what lives there is no outside. */
const bridges = ["docker", "br-", "podman", "cni", "cali", "flannel", "virbr", "lxc", "lxd", "incus", "veth"];
/** Connections an environment may have open across its border: the host's own table of them has an end. */
const mostConnections = 8_192;

/**
 * The host's rules for one cloud, nft(8): ports lead to environments, environments reach the outside and neither the host
 * nor each other. Said in one transaction; the maps keep what is in them.
 */
export function tableText({ table, interfaces, bind, hasIpv6 }: TableOptions): string {
  const ours = `"${interfaces}*"`;
  const here = `ip daddr ${ledHost}`;
  const wildcard = bind === "0.0.0.0";
  const isLocalOnly = bind.startsWith("127.");
  const listened = wildcard ? "ip daddr != 127.0.0.0/8 fib daddr type local" : `ip daddr ${bind}`;
  const lead = (match: string, map: PortMap) =>
    ["tcp", "udp"].map((protocol) => `${match} dnat to ${protocol} dport map @${map}`);
  const linked = `iifname . tcp dport @${linkSet}`;
  const chains: [name: string, head: string, rules: string[]][] = [
    [
      "output",
      "type nat hook output priority -101",
      [...lead(here, "inner"), ...(isLocalOnly ? [] : lead(listened, "outer"))],
    ],
    [
      "prerouting",
      "type nat hook prerouting priority -101",
      [
        `${linked} fib daddr type local dnat to 127.0.0.1`,
        ...(isLocalOnly ? [] : lead(`iifname != ${allBridges} ${listened}`, "outer")),
      ],
    ],
    [
      "postrouting",
      "type nat hook postrouting priority 99",
      [`ip saddr 127.0.0.0/8 oifname ${ours} masquerade`, `iifname ${ours} oifname != ${ours} masquerade`],
    ],
    [
      "input",
      "type filter hook input priority -10",
      [`iifname ${ours} ct state established,related accept`, `${linked} accept`, `iifname ${ours} drop`],
    ],
    [
      "forward",
      "type filter hook forward priority -10",
      [
        `iifname ${ours} oifname { ${[allBridges, ...bridges.map((name) => `"${name}*"`)].join(", ")} } drop`,
        `iifname ${allBridges} oifname ${ours} drop`,
        `iifname ${ours} ct state new add @connections { iifname ct count over ${mostConnections} } reject`,
        `iifname ${ours} ct state established,related accept`,
        // Link-local addresses: among them is where clouds tell a machine its own credentials.
        `iifname ${ours} ip daddr 169.254.0.0/16 reject`,
        `oifname ${ours} ct state established,related accept`,
        `oifname ${ours} ct status dnat accept`,
        `oifname ${ours} drop`,
      ],
    ],
  ];
  return [
    `add table ip ${table}`,
    ...maps.map((map) => `add map ip ${table} ${map} { type inet_service : ipv4_addr ; }`),
    `add set ip ${table} ${linkSet} { type ifname . inet_service ; }`,
    `add set ip ${table} connections { type ifname ; size 65535 ; flags dynamic ; }`,
    ...chains.flatMap(([name, head, rules]) => [
      `add chain ip ${table} ${name} { ${head} ; }`,
      `flush chain ip ${table} ${name}`,
      ...rules.map((rule) => `add rule ip ${table} ${name} ${rule}`),
    ]),
    ...(hasIpv6 ? ipv6Wall(table, ours) : []),
  ].join("\n");
}

/** Environments have IPv4 alone. Their interfaces have no IPv6 either; this holds where someone switches it on. */
function ipv6Wall(table: string, ours: string): string[] {
  return [
    `add table ip6 ${table}`,
    ...["input", "forward"].flatMap((hook) => [
      `add chain ip6 ${table} ${hook} { type filter hook ${hook} priority -10 ; }`,
      `flush chain ip6 ${table} ${hook}`,
      `add rule ip6 ${table} ${hook} iifname ${ours} drop`,
    ]),
    `add rule ip6 ${table} forward oifname ${ours} drop`,
  ];
}

/** Chains without which nothing holds an environment back. */
export const walls = ["input", "forward"] as const;

/** Ports of this host that an environment's interface may reach: of its own components in other clouds. */
export const linkSet = "links";

/** The rules inside an environment's namespace. What listens on its loopback alone is reached by its ports all the same. */
export function innerText(gateway: string): string {
  return [
    // What an earlier attempt said is not said twice.
    "add table ip inner",
    "delete table ip inner",
    "add table ip inner",
    `add set ip inner ${linkSet} { type inet_service ; }`,
    "add chain ip inner pre { type nat hook prerouting priority -100 ; }",
    'add rule ip inner pre iifname "eth0" dnat to 127.0.0.1',
    "add chain ip inner out { type nat hook output priority -100 ; }",
    `add rule ip inner out ip daddr { 127.0.0.1, ${ledHost} } tcp dport @${linkSet} dnat to ${gateway}`,
    // Links that people follow work inside, too.
    `add rule ip inner out ip daddr ${ledHost} dnat to 127.0.0.1`,
    "add chain ip inner post { type nat hook postrouting priority 100 ; }",
    'add rule ip inner post oifname "eth0" ip saddr 127.0.0.0/8 masquerade',
  ].join("\n");
}

/** What has to be said inside a namespace so that exactly these ports of its loopback are the host's. */
export function innerLinks(ports: readonly number[]): string {
  const add = ports.length > 0 ? [`add element ip inner ${linkSet} { ${ports.join(", ")} }`] : [];
  return [`flush set ip inner ${linkSet}`, ...add].join("\n");
}

/** Ports that cross the border of an environment's network. */
export interface LedPorts {
  /** Of the host, to the environment: for everybody the cloud listens for. */
  outer: number[];
  /** Of the host, to the environment: for this host alone. */
  inner: number[];
  /** From the environment to the host: where its own components in other clouds answer. */
  links: number[];
}

/** What a cloud's table holds: where its maps lead, and the ports of the host that one environment reaches. */
export interface Led extends Record<PortMap, ReadonlyMap<number, string>> {
  links: readonly number[];
}

/** The names of an environment's network in the rules. */
export interface Ends {
  table: string;
  /** The host's end, an interface. */
  outside: string;
  /** The environment's end, an address. */
  inside: string;
}

/** What the table holds when exactly these ports of an environment are led. This host reaches the outer ones, too. */
export function ledOf({ outer, inner, links }: LedPorts, { inside }: Ends): Led {
  const to = (ports: number[]) => new Map(ports.map((port) => [port, inside]));
  return { outer: to(outer), inner: to([...inner, ...outer]), links };
}

/** What the table holds by its listing, the links of one environment alone. */
export function readLed(listed: string, { outside }: Ends): Led {
  const links = [...section(listed, `set ${linkSet}`).matchAll(/"([^"]+)" \. (\d+)/g)]
    .filter(([, name]) => name === outside)
    .map(([, , port]) => Number(port));
  return { outer: readMap(listed, "outer"), inner: readMap(listed, "inner"), links };
}

function readMap(listed: string, map: PortMap): Map<number, string> {
  const elements = section(listed, `map ${map}`).matchAll(/(\d+) : (\d+\.\d+\.\d+\.\d+)/g);
  return new Map([...elements].map(([, port, to]) => [Number(port), to ?? ""]));
}

/** A part of a listing, from its head to the brace in the column of the head. */
export function section(listed: string, head: string): string {
  const from = listed.indexOf(`\t${head} {`);
  return from < 0 ? "" : listed.slice(from, listed.indexOf("\n\t}", from));
}

/** What has to be said so that an environment's interface reaches exactly the wanted ports. */
export function linkDifferences({ table, outside }: Ends, current: Led, wanted: Led): string[] {
  const say = (verb: string, ports: readonly number[]) =>
    ports.map((port) => `${verb} element ip ${table} ${linkSet} { "${outside}" . ${port} }`);
  return [
    ...say(
      "delete",
      current.links.filter((port) => !wanted.links.includes(port)),
    ),
    ...say(
      "add",
      [...new Set(wanted.links)].filter((port) => !current.links.includes(port)),
    ),
  ];
}

/** What has to be said so that exactly the wanted ports lead to an environment; those of others stay. */
export function mapDifferences(ends: Ends, current: Led, wanted: Led): string[] {
  return maps.flatMap((map) => differences(ends, map, current[map], wanted[map]));
}

function differences(
  { table, inside }: Ends,
  map: PortMap,
  current: ReadonlyMap<number, string>,
  wanted: ReadonlyMap<number, string>,
): string[] {
  const isOurs = (leads: string) => leads === inside;
  const gone = [...current].filter(
    ([port, leads]) => isOurs(leads) !== wanted.has(port) && (isOurs(leads) || wanted.has(port)),
  );
  const fresh = [...wanted].filter(([port]) => current.get(port) !== inside);
  const say = (verb: string, entries: (readonly [number, string])[]) =>
    entries.map(([port, leads]) => `${verb} element ip ${table} ${map} { ${port} : ${leads} }`);
  return [...say("delete", gone), ...say("add", fresh)];
}
