import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  AddressError,
  endpointKey,
  type Lookup,
  networkOf,
  type OutgoingPolicy,
  openTarget,
  parseAddress,
  requestComponent,
  requestOutgoing,
  UnresolvedError,
} from "@/lib/platform/outgoing";
import { hostileAddresses } from "../support/hostile-addresses";

const web = ["https:", "http:"] as const;
const nowhere: Lookup = async (host) => {
  if (host === "rebound.example") return [{ address: "127.0.0.1", family: 4 }];
  if (host === "half.example")
    return [
      { address: "93.184.216.34", family: 4 },
      { address: "::ffff:10.0.0.1", family: 6 },
      { address: "64:ff9b::7f00:1", family: 6 },
    ];
  if (host.endsWith("localhost")) return [{ address: "127.0.0.1", family: 4 }];
  throw new Error("not found");
};
const judge = async (text: string, policy: OutgoingPolicy = {}) =>
  await openTarget(parseAddress(text, web), { lookup: nowhere, ...policy });

describe("an address of a template", () => {
  it.each(hostileAddresses)("is refused when it leads inward or reads two ways: %j", async (address) => {
    await expect(judge(address)).rejects.toBeInstanceOf(AddressError);
  });

  it.each([
    ["http://93.184.216.34/", "http://93.184.216.34/", "93.184.216.34"],
    ["https://192.168.1.4/x?y=1#z", "https://192.168.1.4/x?y=1", "192.168.1.4"],
    ["HTTP://93.184.216.34:80//a/../b", "http://93.184.216.34//b", "93.184.216.34"],
    ["http://0x5db8d822:8080", "http://93.184.216.34:8080/", "93.184.216.34"],
    ["https://[2606:2800::1]:8443/", "https://[2606:2800::1]:8443/", "2606:2800::1"],
    ["http://[64:ff9b::5db8:d822]/", "http://[64:ff9b::5db8:d822]/", "64:ff9b::5db8:d822"],
  ])("is rebuilt from its parts: %s", async (address, href, first) => {
    const target = await judge(address);
    expect(target.href).toBe(href);
    expect(target.addresses[0]?.address).toBe(first);
  });

  it("may lead to the environment's own ports, and to loopback where an administrator says so", async () => {
    const own = new Set([endpointKey("127.0.0.1", 25_000), endpointKey("localhost", 80)]);
    await judge("http://127.0.0.1:25000/healthz", { own });
    await judge("http://LOCALHOST/", { own });
    await expect(judge("http://127.0.0.1:25001/", { own })).rejects.toThrow(/this machine/);
    await judge("http://127.0.0.1:25001/", { loopback: true });
    await expect(judge("http://169.254.169.254/", { loopback: true })).rejects.toThrow(/metadata/);
  });

  it("that is not found is no refusal: the name may come", async () => {
    await expect(judge("http://later.example/")).rejects.toBeInstanceOf(UnresolvedError);
  });

  it("is refused in words that never repeat a password", () => {
    const parse = () => parseAddress("https://bob:hunter2hunter2@git.example.com/x.git", web);
    expect(parse).toThrow(/project's settings/);
    expect(parse).not.toThrow(/hunter2/);
  });

  it("is judged by the IPv4 address inside it", () => {
    expect(["::ffff:10.1.2.3", "::10.1.2.3", "::ffff:0:10.1.2.3", "2002:a01:203::1"].map(networkOf)).toEqual(
      Array(4).fill("private"),
    );
    expect(networkOf("fe80::1%eth0")).toBe("link-local");
    expect(networkOf("2a00:db8::5efe:127.0.0.1")).toBe("loopback");
  });
});

describe("an outgoing request", () => {
  let outer: Server;
  let inner: Server;
  const innerAsked: string[] = [];
  const outerAsked: { url: string; host: string; authorization: string | undefined }[] = [];
  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  /** The public world stands on 127.0.0.2 here; what must not be reached on 127.0.0.1, at the same port. */
  const allowed: OutgoingPolicy = { own: new Set() };
  const listen = (listener: RequestListener, host: string, port = 0) =>
    new Promise<Server>((resolve) => {
      const server = createServer(listener).listen(port, host, () => resolve(server));
    });

  beforeAll(async () => {
    outer = await listen((request, response) => {
      const { url = "", headers } = request;
      outerAsked.push({ url, host: headers.host ?? "", authorization: headers.authorization });
      const to = new URL(url, "http://x").searchParams.get("to");
      if (to) return void response.writeHead(302, { location: to }).end();
      if (url === "/loop") return void response.writeHead(302, { location: "/loop" }).end();
      if (url === "/endless") {
        const timer = setInterval(() => response.write("x".repeat(1000)), 1);
        response.on("close", () => clearInterval(timer));
        return;
      }
      if (url === "/silent") return;
      response.end("the outside");
    }, "127.0.0.2");
    inner = await listen(
      (request, response) => {
        innerAsked.push(request.url ?? "");
        response.end("a secret");
      },
      "127.0.0.1",
      portOf(outer),
    );
    allowed.own = new Set([endpointKey("outside.example", portOf(outer))]);
  });
  afterAll(() => {
    outer.closeAllConnections();
    outer.close();
    inner.close();
  });

  /** Answers with each list once, then with the last one forever. */
  const rebinding = (...answers: string[]) => {
    const asked: string[] = [];
    const lookup: Lookup = async (host) => {
      const address = answers[Math.min(asked.length, answers.length - 1)] ?? "";
      asked.push(host);
      return [{ address, family: 4 }];
    };
    return { lookup, asked };
  };
  const at = (path: string) => `http://outside.example:${portOf(outer)}${path}`;
  const ask = (
    path: string,
    policy: OutgoingPolicy,
    more: Partial<Parameters<typeof requestOutgoing>[1]> = {},
  ) => requestOutgoing(at(path), { policy, timeoutMs: 3_000, maxBytes: 1_000, ...more });

  it("connects to what was judged, whatever the name says a moment later", async () => {
    const { lookup, asked } = rebinding("127.0.0.2", "127.0.0.1");
    const answer = await ask("/", { ...allowed, lookup });
    expect(answer.body.toString()).toBe("the outside");
    expect(asked).toEqual(["outside.example"]);
    expect(outerAsked.at(-1)?.host).toBe(`outside.example:${portOf(outer)}`);
    expect(innerAsked).toEqual([]);
  });

  it("goes to a public address that became loopback neither at once nor later", async () => {
    const { lookup, asked } = rebinding("93.184.216.34", "127.0.0.1");
    await expect(ask("/", { lookup }, { timeoutMs: 300 })).rejects.toThrow();
    expect(asked).toHaveLength(1);
    await expect(ask("/", { lookup })).rejects.toThrow(/this machine/);
    expect(innerAsked).toEqual([]);
  });

  it.each([
    "http://127.0.0.1:PORT/",
    "//127.0.0.1:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://2130706433:PORT/",
    "http://elsewhere.example:PORT/",
    "http://a@127.0.0.1:PORT/",
    "\\\\127.0.0.1:PORT/",
    "file:///etc/passwd",
  ])("does not follow a redirect to where it may not go: %s", async (to) => {
    const { lookup } = rebinding("127.0.0.2", "127.0.0.1");
    const path = `/?to=${encodeURIComponent(to.replace("PORT", String(portOf(outer))))}`;
    const following = ask(path, { ...allowed, lookup }, { maxRedirects: 3 });
    await expect(following).rejects.toBeInstanceOf(AddressError);
    expect(innerAsked).toEqual([]);
  });

  it("follows as many redirects as it was told, and none by itself", async () => {
    const { lookup } = rebinding("127.0.0.2");
    const policy = { ...allowed, lookup };
    expect((await ask("/?to=/x", policy)).status).toBe(302);
    const followed = await ask("/?to=/x", policy, { maxRedirects: 1 });
    expect([followed.status, followed.url]).toEqual([200, at("/x")]);
    await expect(ask("/loop", policy, { maxRedirects: 3 })).rejects.toThrow(/More than 3 redirects/);
  });

  it("keeps personal headers from another host", async () => {
    const { lookup } = rebinding("127.0.0.2");
    const own = new Set([...(allowed.own ?? []), endpointKey("other.example", portOf(outer))]);
    const to = encodeURIComponent(`http://other.example:${portOf(outer)}/there`);
    const headers = { authorization: "Bearer x" };
    await ask(`/?to=${to}`, { own, lookup }, { maxRedirects: 1, headers });
    expect(outerAsked.slice(-2).map((one) => one.authorization)).toEqual(["Bearer x", undefined]);
  });

  it("is bounded in time and size, and uses no proxy of the environment", async () => {
    const { lookup } = rebinding("127.0.0.2");
    const policy = { ...allowed, lookup };
    expect((await ask("/endless", policy, { maxBytes: 2_500 })).body).toHaveLength(2_500);
    await expect(ask("/silent", policy, { timeoutMs: 200 })).rejects.toThrow("Timed out");
    const never: Lookup = () => new Promise(() => undefined);
    await expect(ask("/", { lookup: never }, { timeoutMs: 200 })).rejects.toThrow("Timed out");
    process.env.http_proxy = process.env.HTTP_PROXY = `http://127.0.0.1:${portOf(inner)}`;
    try {
      expect((await ask("/", policy)).body.toString()).toBe("the outside");
    } finally {
      delete process.env.http_proxy;
      delete process.env.HTTP_PROXY;
    }
    expect(innerAsked).toEqual([]);
  });

  it("to a component stays at its port, whatever its path says", async () => {
    const port = portOf(outer);
    for (const path of [
      `@127.0.0.1:${port}/x`,
      `//127.0.0.1:${port}/`,
      `\\@127.0.0.1/`,
      "no slash",
      "/ a\n",
    ]) {
      const answer = await requestComponent({ host: "127.0.0.2", port, path }, { timeoutMs: 2_000 });
      expect(answer.status, path).toBe(200);
    }
    expect(innerAsked).toEqual([]);
  });
});
