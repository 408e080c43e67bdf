import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { AppError, errorCodes } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { beforeEveryRequest, isAnswering, withEveryServer } from "./every-request";
import { problemBody, problemHeaders } from "./problem";
import { securityHeaders } from "./security-headers";

const apiMethods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const pageMethods = new Set(["GET", "HEAD"]);
const allowOfPages = "GET, HEAD, OPTIONS";

/**
 * Answers the methods that nothing of the portal takes, before Next sees them: it would answer 500 to some. A method that
 * HTTP servers need not know (TRACE, CONNECT, a made-up one) is 501 everywhere; one that only the API takes is 405 on a page.
 */
export function refuseUnknownMethods(): void {
  beforeEveryRequest(refuse);
  withEveryServer((server) => {
    // Node closes the connection without a word when no one listens for these.
    server.on("connect", (request: IncomingMessage, socket: Duplex) => {
      socket.end(rawAnswer(notImplemented(request.method ?? "CONNECT")));
    });
    // A listener answers all of them: Node's own answers are for servers where no one does.
    if (server.listenerCount("clientError") === 0) server.on("clientError", answerUnreadable);
  });
}

/** What Node's parser refuses: no request comes of it, so the answer is written on the connection. */
function answerUnreadable(error: Error, socket: Duplex): void {
  const code = "code" in error ? error.code : undefined;
  if (code === "HPE_INVALID_METHOD") {
    socket.end(rawAnswer(notImplemented("of this request")));
    return;
  }
  const status = unreadable[String(code)] ?? "400 Bad Request";
  if (socket.writable && !isAnswering(socket))
    socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  socket.destroy(error);
}

const unreadable: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

function refuse(request: IncomingMessage, response: ServerResponse): boolean {
  const method = request.method ?? "";
  const path = pathOf(request.url ?? "/");
  if (!apiMethods.has(method)) {
    send(response, notImplemented(method));
    return true;
  }
  if (path.startsWith("/api/") || path.startsWith("/_next/") || path.startsWith("/__nextjs")) return false;
  if (pageMethods.has(method)) return false;
  if (method === "OPTIONS") response.writeHead(204, { allow: allowOfPages }).end();
  else
    send(
      response,
      new AppError("method_not_allowed", `Method ${method} not allowed. Allowed: ${allowOfPages}.`),
    );
  return true;
}

function notImplemented(method: string): AppError {
  return new AppError("not_implemented", `Rostrum doesn’t support the method ${method}.`);
}

/** The path of a request's target, which may be a whole URL or `*`. */
function pathOf(target: string): string {
  return URL.canParse(target, "http://localhost") ? new URL(target, "http://localhost").pathname : target;
}

/** The body of the request is not read, so the connection ends. */
function problemOf(error: AppError): { headers: Record<string, string>; body: string } {
  const requestId = newId("http");
  const body = problemBody(error, requestId);
  const headers = {
    ...problemHeaders(requestId),
    ...Object.fromEntries(securityHeaders()),
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
    ...(error.code === "method_not_allowed" && { allow: allowOfPages }),
  };
  return { headers, body };
}

function send(response: ServerResponse, error: AppError): void {
  const { headers, body } = problemOf(error);
  response.writeHead(error.status, headers).end(body);
}

function rawAnswer(error: AppError): string {
  const { headers, body } = problemOf(error);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${error.status} ${errorCodes[error.code].title}\r\n${lines.join("")}\r\n${body}`;
}
