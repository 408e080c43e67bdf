import { subscribe } from "node:diagnostics_channel";
import { type IncomingMessage, type RequestListener, Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** @returns whether the request is answered, or will be, so that no one else sees it */
export type RequestLook = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What Node publishes for each request. */
interface RequestStart {
  server: unknown;
  socket: Duplex;
  response: ServerResponse;
}

const looks: RequestLook[] = [];
const preparations: ((server: Server) => void)[] = [];
const servers = new Set<WeakRef<Server>>();
const known = new WeakSet<Server>();
const answers = new WeakMap<Duplex, ServerResponse>();
let watching = false;

/**
 * Shows `look` every request of this process before Next sees it: Next has no place for what has to know the connection or
 * answer in its stead. Of several looks the one added last comes first.
 */
export function beforeEveryRequest(look: RequestLook): void {
  looks.unshift(look);
  watch();
}

/** Calls `prepare` with every HTTP server of this process, at its first connection at the latest. */
export function withEveryServer(prepare: (server: Server) => void): void {
  preparations.push(prepare);
  for (const server of servers) {
    const alive = server.deref();
    if (alive) prepare(alive);
  }
  watch();
}

/**
 * Next makes the portal's server by itself. Node tells on these channels of each connection before anything of it is read,
 * and of each request before the server hands it out: the second counts for connections that were open before.
 */
function watch(): void {
  if (watching) return;
  watching = true;
  subscribe("net.server.socket", (message) => {
    meet((message as { socket: { server?: unknown } }).socket.server);
  });
  subscribe("http.server.request.start", (message) => {
    const { server, socket, response } = message as RequestStart;
    answers.set(socket, response);
    meet(server);
  });
}

/** Whether an answer is being written on a connection, so that anything else would end up inside of it. */
export function isAnswering(socket: Duplex): boolean {
  const response = answers.get(socket);
  return response?.headersSent === true && !response.writableFinished;
}

function meet(server: unknown): void {
  if (!(server instanceof Server) || known.has(server)) return;
  known.add(server);
  servers.add(new WeakRef(server));
  lookFirst(server);
  for (const prepare of preparations) prepare(server);
}

/** Puts the looks before those that listen for this server's requests. */
function lookFirst(server: Server): void {
  const listeners = server.rawListeners("request") as RequestListener[];
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    if (looks.some((look) => look(request, response))) return;
    for (const listener of listeners) listener.call(server, request, response);
  });
}
