import { digestOf } from "@/lib/kernel/canonical";
import type { TemplateFile } from "../contract";
import type { ChangePlan, CreateBody } from "./body";
import { contained, containment } from "./contained";
import type { DockerCloud } from "./engine";
import { balancerLimits } from "./limits";
import { balancerName, labels } from "./names";
import { bindingsOf, portLabels } from "./ports";

/**
 * A component with several replicas keeps one stable address: a small TCP balancer that finds the replicas by
 * asking the engine's DNS for the component's name. Adding or taking away a replica changes nothing in it.
 */
export function balancerBody(cloud: DockerCloud, change: ChangePlan): CreateBody {
  const { ref, hostPorts } = change;
  const kind = cloud.config.balancerKind;
  const file = balancerFile(cloud, change);
  const tcp = change.plan.ports.filter((entry) => entry.protocol === "tcp");
  return {
    name: balancerName(ref),
    Image: cloud.config.balancerImage,
    ...(kind === "node" ? { Entrypoint: ["node"], Cmd: [file.path] } : {}),
    ExposedPorts: Object.fromEntries(tcp.map((entry) => [`${entry.port}/tcp`, {}])),
    Labels: {
      ...portLabels(cloud, ref, "balancer", hostPorts, change.plan.web),
      [labels.key]: change.key,
      [labels.digest]: change.digest,
      [labels.containment]: String(containment),
      [labels.shape]: digestOf({
        image: cloud.config.balancerImage,
        file: Buffer.from(file.content).toString(),
        hostPorts,
        bind: cloud.config.bind,
        openFilesLimit: cloud.config.openFilesLimit,
        containment,
      }),
    },
    HostConfig: {
      ...contained(cloud.config, balancerLimits),
      NetworkMode: change.networkId,
      Init: true,
      PortBindings: bindingsOf(cloud.config.bind, tcp, hostPorts),
    },
    NetworkingConfig: { EndpointsConfig: { [change.networkId]: { Aliases: [`${ref.component}-balancer`] } } },
  };
}

/** The balancer's one file, copied in before its start: no image has to be built and no folder shared. */
export function balancerFile(cloud: DockerCloud, change: ChangePlan): TemplateFile {
  const tcp = change.plan.ports.filter((entry) => entry.protocol === "tcp").map((entry) => entry.port);
  const node = cloud.config.balancerKind === "node";
  return {
    path: node ? "/rostrum-balancer.cjs" : "/usr/local/etc/haproxy/haproxy.cfg",
    content: Buffer.from(
      node ? nodeScript(change.ref.component, tcp) : haproxyConfig(change.ref.component, tcp),
    ),
    executable: false,
  };
}

const maxReplicas = 50;

function haproxyConfig(component: string, ports: number[]): string {
  const sections = ports.map(
    (port) => `frontend in${port}
  bind :${port}
  default_backend out${port}
backend out${port}
  balance roundrobin
  option redispatch 1
  retries 3
  server-template replica ${maxReplicas} ${component}:${port} check inter 1s fall 2 rise 1 resolvers docker init-addr none
`,
  );
  return `global
  maxconn 4096
resolvers docker
  nameserver engine 127.0.0.11:53
  timeout resolve 1s
  timeout retry 1s
  hold valid 1s
  hold obsolete 0s
defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
${sections.join("")}`;
}

/** The same in a few lines of Node.js, for engines that hold a Node image and cannot pull HAProxy. */
function nodeScript(component: string, ports: number[]): string {
  return `const net = require("node:net");
const dns = require("node:dns").promises;
const name = ${JSON.stringify(component)};
let turn = 0;
async function connect(port) {
  const addresses = (await dns.resolve4(name)).sort();
  turn += 1;
  for (let index = 0; index < addresses.length; index += 1) {
    const host = addresses[(turn + index) % addresses.length];
    const socket = await new Promise((resolve) => {
      const made = net.connect({ host, port });
      made.setTimeout(2000, () => made.destroy());
      made.once("connect", () => { made.setTimeout(0); resolve(made); });
      made.once("close", () => resolve(null));
      made.on("error", () => undefined);
    });
    if (socket) return socket;
  }
  return null;
}
for (const port of ${JSON.stringify(ports)}) {
  net.createServer({ pauseOnConnect: true }, async (client) => {
    client.on("error", () => client.destroy());
    const server = await connect(port).catch(() => null);
    if (!server) return client.destroy();
    server.on("close", () => client.destroy());
    client.on("close", () => server.destroy());
    client.pipe(server);
    server.pipe(client);
    client.resume();
  }).listen(port);
}
process.on("SIGTERM", () => process.exit(0));
`;
}
