import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { GET as health } from "@/app/api/v1/health/route";
import { GET as me } from "@/app/api/v1/me/route";
import { openDemoLink } from "@/lib/features/identity";
import { peerHeader } from "@/lib/platform/auth/client-address";
import { isMisdirected, turnAway } from "@/lib/platform/http/guard-pages";
import { handleAuthRequest } from "./auth-route";

/** The portal's doors on a port of 127.0.0.1, without Next: the guard of hosts, sign-in, demo links, some API, a page. */
export async function startPortalServer(): Promise<{ port: number; server: Server }> {
  const server = createServer((request, response) => {
    request.headers[peerHeader] = request.socket.remoteAddress ?? "";
    if (isMisdirected(request)) return void turnAway(request, response);
    void answer(toRequest(request)).then(async (result) => {
      result.headers.forEach((value, name) => {
        if (name !== "set-cookie") response.setHeader(name, value);
      });
      const cookies = result.headers.getSetCookie();
      if (cookies.length > 0) response.setHeader("set-cookie", cookies);
      response.writeHead(result.status).end(await result.text());
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { port: (server.address() as AddressInfo).port, server };
}

function toRequest(request: IncomingMessage): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const { method = "GET", url = "/" } = request;
  const body = method === "POST" ? { body: Readable.toWeb(request) as ReadableStream, duplex: "half" } : {};
  return new Request(`http://portal.invalid${url}`, { method, headers, ...body } as RequestInit);
}

async function answer(request: Request): Promise<Response> {
  const [first = "", ...rest] = new URL(request.url).pathname.slice(1).split("/");
  const context = { params: Promise.resolve({}) };
  if (first === "demo") return await openDemoLink(request, rest[0] ?? "");
  if (first !== "api") return new Response("a page");
  if (rest[0] === "auth") return await handleAuthRequest(request, rest.slice(1));
  const handler = { "v1/me": me, "v1/health": health }[rest.join("/")];
  return handler ? await handler(request, context) : new Response(null, { status: 404 });
}
