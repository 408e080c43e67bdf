/** Maps of the host's table: ports for whom the cloud listens, and ports for this host alone. */
export const maps = ["outer", "inner"] as const;
export type PortMap = (typeof maps)[number];

/**
 * The host's rules for one cloud, nft(8): ports lead to environments, environments reach the outside and neither the host
 * nor each other. Said in one transaction; the maps keep what is in them.
 */
export function tableText(table: string, interfaces: string, bind: string): string {
  const ours = `"${interfaces}*"`;
  const here = "ip daddr 127.0.0.1";
  const wildcard = bind === "0.0.0.0";
  const isLocalOnly = bind.startsWith("127.");
  const listened = wildcard ? "fib daddr type local" : `ip daddr ${bind}`;
  const lead = (match: string, map: PortMap) =>
    ["tcp", "udp"].map((protocol) => `${match} dnat to ${protocol} dport map @${map}`);
  const linked = `iifname . tcp dport @${linkSet}`;
  const chains: [name: string, head: string, rules: string[]][] = [
    ["output", "type nat hook output priority -101", [...lead(here, "inner"), ...lead(listened, "outer")]],
    [
      "prerouting",
      "type nat hook prerouting priority -101",
      [
        `${linked} fib daddr type local dnat to 127.0.0.1`,
        ...(isLocalOnly ? [] : lead(`iifname != ${ours} ${listened}`, "outer")),
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
        `iifname ${ours} oifname ${ours} drop`,
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
    ...chains.flatMap(([name, head, rules]) => [
      `add chain ip ${table} ${name} { ${head} ; }`,
      `flush chain ip ${table} ${name}`,
      ...rules.map((rule) => `add rule ip ${table} ${name} ${rule}`),
    ]),
  ].join("\n");
}

/** Ports of this host that an environment's interface may reach: of its own components in other clouds. */
export const linkSet = "links";

/** The rules inside an environment's namespace. What listens on its loopback alone is reached by its ports all the same. */
export function innerText(gateway: string): string {
  return [
    "add table ip inner",
    `add set ip inner ${linkSet} { type inet_service ; }`,
    "add chain ip inner pre { type nat hook prerouting priority -100 ; }",
    'add rule ip inner pre iifname "eth0" dnat to 127.0.0.1',
    "add chain ip inner out { type nat hook output priority -100 ; }",
    `add rule ip inner out ip daddr 127.0.0.1 tcp dport @${linkSet} dnat to ${gateway}`,
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
function section(listed: string, head: string): string {
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
