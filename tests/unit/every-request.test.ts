import { createServer, Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterAll, expect, it } from "vitest";
import { beforeEveryRequest } from "@/lib/platform/http/every-request";
import { refuseUnknownMethods } from "@/lib/platform/http/unknown-methods";

const reached: string[] = [];
const server = createServer((request, response) => {
  reached.push(request.url ?? "");
  if (request.url === "/api/v1/begun") response.write("begun");
  else response.end("reached");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function open(): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  await new Promise<void>((done) => socket.once("connect", done));
  return socket.setEncoding("utf8");
}

/** What comes back for raw text, until the server ends the connection. */
async function exchange(socket: Socket, text: string): Promise<string> {
  let answer = "";
  socket.on("data", (part) => {
    answer += part;
  });
  socket.write(text);
  await new Promise((done) => socket.once("close", done));
  return answer;
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;

it("shows requests of a connection that was open before, and nothing of Node is changed", async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const early = await open();
  const order: string[] = [];
  beforeEveryRequest((_request, response) => {
    order.push("first");
    response.setHeader("x-looked", order.join());
    return false;
  });
  beforeEveryRequest(({ url }, response) => {
    order.push("second");
    if (url !== "/refused") return false;
    response.writeHead(403).end();
    return true;
  });
  expect(await exchange(early, get("/passed"))).toMatch(/^HTTP\/1\.1 200 [\s\S]*x-looked: second,first/i);
  order.splice(0);
  expect(await exchange(await open(), get("/refused"))).toMatch(/^HTTP\/1\.1 403 /);
  expect(order).toEqual(["second"]);
  expect(reached).toEqual(["/passed"]);
  expect(Object.keys(Server.prototype)).not.toContain("emit");
});

it.each([
  ["a version that is none", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", 400],
  ["headers that are too large", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
])("answers %s as Node would", async (_name, text, status) => {
  refuseUnknownMethods();
  expect(await exchange(await open(), text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});

it("writes nothing into an answer that is under way", async () => {
  const text = "POST /api/v1/begun HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  const socket = await open();
  // What breaks the request comes once the answer has begun to arrive.
  socket.once("data", () => socket.write("zz\r\n"));
  const answer = await exchange(socket, text);
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
});
