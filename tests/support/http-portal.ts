import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { routes } from "@/app/api/v1/routes";
import { notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { problemResponse, type RouteHandler } from "@/lib/platform/http";
import { notePeers } from "@/lib/platform/http/note-peers";
import { refuseUnknownMethods } from "@/lib/platform/http/unknown-methods";
import { handleAuthRequest } from "./auth-route";

export interface HttpPortal {
  /** Without a slash at its end. */
  url: string;
  close(): Promise<void>;
}

const table = routes
  .map(({ path, module }) => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    return { module, names, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "([^/]+)")}$`) };
  })
  // An address without a placeholder is meant before one with: /notifications/read-all.
  .sort((left, right) => left.names.length - right.names.length);

let watched = false;

/** The API and the sign-in on a port of this machine: real connections, without building the pages. */
export async function startHttpPortal(): Promise<HttpPortal> {
  if (!watched) {
    notePeers();
    refuseUnknownMethods();
    watched = true;
  }
  const server = createServer((request, response) => {
    respond(request, response).catch((error) => {
      console.error(error);
      response.destroy();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    // The portal's own name: cookies and sign-in are there alone.
    url: `http://localhost:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.on("close", () => gone.abort());
  const answer = await dispatch(toRequest(incoming, gone.signal));
  outgoing.statusCode = answer.status;
  for (const [name, value] of answer.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
  if (!answer.body) {
    outgoing.end();
    return;
  }
  Readable.fromWeb(answer.body as ReadableStream)
    .on("error", () => outgoing.destroy())
    .pipe(outgoing);
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
  const method = incoming.method ?? "GET";
  const body = ["GET", "HEAD"].includes(method) ? null : (Readable.toWeb(incoming) as unknown as BodyInit);
  return new Request(url, { method, headers, body, signal, ...(body && { duplex: "half" }) } as RequestInit);
}

async function dispatch(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const action = /^\/api\/auth\/(.+)$/.exec(pathname)?.[1];
  if (action) return await handleAuthRequest(request, action.split("/"));
  for (const { pattern, names, module } of table) {
    const found = pattern.exec(pathname);
    if (!found) continue;
    const values = found.slice(1).map(decodeURIComponent);
    const params = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    const handler = module[request.method] as RouteHandler;
    return await handler(request, { params: Promise.resolve(params) });
  }
  return problemResponse(notFound("The address"), newId("http"));
}
