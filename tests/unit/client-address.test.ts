import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { clientAddress, peerHeader, resetProxyWarning } from "@/lib/platform/auth/client-address";
import { loadConfig, resetConfig } from "@/lib/platform/config";
import { notePeers } from "@/lib/platform/http/note-peers";
import { log } from "@/lib/platform/log";

afterEach(() => {
  delete process.env.TRUSTED_PROXIES;
  resetConfig();
});

function address(peer: string, forwarded?: string, trusted?: string): string {
  if (trusted === undefined) delete process.env.TRUSTED_PROXIES;
  else process.env.TRUSTED_PROXIES = trusted;
  resetConfig();
  return clientAddress(
    new Headers({ [peerHeader]: peer, ...(forwarded && { "x-forwarded-for": forwarded }) }),
  );
}

describe("the address a request came from", () => {
  it("is that of the connection, whatever a client says of itself", () => {
    expect(address("203.0.113.7")).toBe("203.0.113.7");
    expect(address("203.0.113.7", "198.51.100.1")).toBe("203.0.113.7");
    expect(address("192.168.1.9", "198.51.100.1")).toBe("192.168.1.9");
    expect(address("::ffff:203.0.113.7", "198.51.100.1")).toBe("203.0.113.7");
  });

  it("is what a trusted proxy says, and no more than that", () => {
    expect(address("127.0.0.1", "198.51.100.1", "loopback")).toBe("198.51.100.1");
    expect(address("::1", "6.6.6.6, 198.51.100.1", "loopback")).toBe("198.51.100.1");
    expect(address("172.18.0.1", "198.51.100.1", "loopback,private")).toBe("198.51.100.1");
    expect(address("172.18.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.5", "private")).toBe("198.51.100.1");
    expect(address("203.0.113.7", "198.51.100.1", "203.0.113.0/24")).toBe("198.51.100.1");
    expect(address("127.0.0.1", "127.0.0.1", "loopback")).toBe("127.0.0.1");
    expect(address("127.0.0.1", "198.51.100.1", "203.0.113.9")).toBe("127.0.0.1");
  });

  it("is believed of no one by itself: components are on loopback and in private networks too", () => {
    expect(loadConfig({}).trustedProxies).toEqual([]);
    for (const trusted of [undefined, "none", "None", ""]) {
      expect(address("127.0.0.1", "198.51.100.1", trusted)).toBe("127.0.0.1");
      expect(address("::1", "198.51.100.1", trusted)).toBe("::1");
      expect(address("10.0.0.5", "198.51.100.1", trusted)).toBe("10.0.0.5");
    }
  });

  it("warns once that a proxy is not named, and only where a proxy is likely", () => {
    const said: string[] = [];
    const warn = (_facts: object, message: string) => void said.push(message);
    const child = vi.spyOn(log, "child").mockReturnValue({ warn } as never);
    try {
      resetProxyWarning();
      address("127.0.0.1", "198.51.100.1");
      process.env.PUBLIC_URL = "https://portal.example.com";
      address("127.0.0.1", "127.0.0.1");
      address("127.0.0.1", "198.51.100.1", "loopback");
      expect(said).toEqual([]);
      address("127.0.0.1", "198.51.100.1");
      address("127.0.0.1", "198.51.100.2");
      expect(said).toEqual([expect.stringMatching(/from 127\.0\.0\.1\..*TRUSTED_PROXIES/)]);
    } finally {
      child.mockRestore();
      delete process.env.PUBLIC_URL;
    }
  });

  it("is put on every request by the server, over what a client sends", async () => {
    notePeers();
    const server = createServer((asked, answer) => answer.end(String(asked.headers[peerHeader])));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const seen = await new Promise<string>((done) => {
      const sent = request({ port, host: "127.0.0.1", headers: { [peerHeader]: "6.6.6.6" } }, (answer) => {
        answer.setEncoding("utf8").on("data", done);
      });
      sent.end();
    });
    server.close();
    expect(seen).toBe("127.0.0.1");
  });

  it("refuses settings that name no one", () => {
    for (const wrong of ["none, loopback", "proxy.example", "10.0.0.0/99", "10.0.0.0/8/8", "everybody"]) {
      expect(() => loadConfig({ TRUSTED_PROXIES: wrong }), wrong).toThrow(/TRUSTED_PROXIES/);
    }
    expect(loadConfig({ TRUSTED_PROXIES: "private, 2001:db8::/32" }).trustedProxies).toHaveLength(2);
  });
});
