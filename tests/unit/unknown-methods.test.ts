import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { refuseUnknownMethods } from "@/lib/platform/http/unknown-methods";

/** What is written on the wire is answered on the wire: fetch refuses to send these methods. */

const reached: string[] = [];
const server = createServer((request, response) => {
  reached.push(`${request.method} ${request.url}`);
  response.end("reached");
});

beforeAll(async () => {
  refuseUnknownMethods();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterAll(() => void server.close());

async function send(
  method: string,
  target: string,
): Promise<{ status: number; headers: string; body: string }> {
  const { port } = server.address() as AddressInfo;
  const text = await new Promise<string>((done, fail) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    });
    socket.setEncoding("utf8").on("data", (part) => {
      answer += part;
    });
    socket.on("end", () => done(answer)).on("error", fail);
  });
  const [headers = "", body = ""] = text.split("\r\n\r\n");
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), headers, body };
}

it.each([
  ["TRACE", "/api/v1/environments"],
  ["TRACE", "/environments"],
  ["TRACE", "http://localhost/api/v1/environments"],
  ["CONNECT", "localhost:443"],
  ["PROPFIND", "/api/v1/environments"],
  ["QUERY", "/"],
  ["ROSTRUM", "/api/v1/environments"],
  ["get", "/"],
])("%s %s is a method that the portal does not know", async (method, target) => {
  const { status, headers, body } = await send(method, target);
  expect(status).toBe(501);
  expect(headers).toMatch(/content-type: application\/problem\+json/i);
  expect(JSON.parse(body)).toMatchObject({ status: 501, code: "not_implemented" });
});

it.each(["POST", "PUT", "PATCH", "DELETE"])(
  "a page does not take %s and says what it takes",
  async (method) => {
    const { status, headers } = await send(method, "/environments");
    expect(status).toBe(405);
    expect(headers).toMatch(/allow: GET, HEAD, OPTIONS/i);
  },
);

it("lets everything else through", async () => {
  for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    expect((await send(method, "/api/v1/environments")).status).toBe(200);
  }
  expect((await send("GET", "/environments?tab=logs")).status).toBe(200);
  expect((await send("OPTIONS", "*")).status).toBe(204);
  expect(reached).toHaveLength(8);
});
