/**
 * A TCP balancer as a plain Node program: round robin, another target when one refuses, which is then left out for a
 * moment. Its routes are read again on SIGHUP, so replicas come and go without a dropped connection. Kept as a text so
 * that it can be written out and run from sources and from a bundle alike.
 */
export const balancerScript = `
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";

const file = process.argv[2];
const restMs = 2000;
const connectMs = 3000;
let routes = [];
const resting = new Map();
const servers = new Map();

function load() {
  routes = JSON.parse(readFileSync(file, "utf8")).routes;
  for (const route of routes) {
    if (servers.has(route.listen)) continue;
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => serve(route.listen, client));
    server.on("error", (error) => {
      console.error("balancer: port " + route.listen + ": " + error.message);
      process.exit(1);
    });
    server.listen({ host: route.bind, port: route.listen, backlog: 511 });
    servers.set(route.listen, { server, next: 0 });
  }
}

function candidates(listen) {
  const route = routes.find((one) => one.listen === listen);
  const state = servers.get(listen);
  if (!route || !state) return [];
  const count = route.targets.length;
  const turn = state.next++;
  const ordered = route.targets.map((_, index) => route.targets[(turn + index) % count]);
  const now = Date.now();
  const well = ordered.filter((port) => (resting.get(port) ?? 0) <= now);
  return [...well, ...ordered.filter((port) => !well.includes(port))].map((port) => ({ host: route.host, port }));
}

function serve(listen, client) {
  client.on("error", () => client.destroy());
  client.setNoDelay(true);
  const targets = candidates(listen);
  const attempt = () => {
    const target = targets.shift();
    if (!target || client.destroyed) return client.destroy();
    const upstream = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const timer = setTimeout(() => upstream.destroy(new Error("no answer")), connectMs);
    upstream.once("connect", () => {
      clearTimeout(timer);
      resting.delete(target.port);
      upstream.removeAllListeners("error");
      upstream.on("error", () => client.destroy());
      client.once("close", () => upstream.destroy());
      upstream.once("close", () => client.destroy());
      client.pipe(upstream);
      upstream.pipe(client);
    });
    upstream.once("error", () => {
      clearTimeout(timer);
      resting.set(target.port, Date.now() + restMs);
      attempt();
    });
  };
  attempt();
}

process.on("SIGHUP", () => {
  try {
    load();
  } catch (error) {
    console.error("balancer: " + error.message);
  }
});
process.on("SIGTERM", () => process.exit(0));
load();
`;
