import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { resetConfig } from "@/lib/platform/config";
import { isUnencrypted } from "@/lib/platform/http/plain-http";

const touched = ["PUBLIC_URL", "TRUSTED_PROXIES"] as const;
afterEach(() => {
  for (const name of touched) delete process.env[name];
  resetConfig();
});

interface Sent {
  from: string;
  to?: string;
  proto?: string | string[];
  url?: string;
}

function unencrypted(
  { from, to = "10.0.0.1", proto, url = "/sign-in" }: Sent,
  env: NodeJS.Dict<string> = {},
) {
  for (const name of touched) if (env[name] !== undefined) process.env[name] = env[name];
  resetConfig();
  const headers = proto === undefined ? {} : { "x-forwarded-proto": proto };
  const request = { url, headers, socket: { remoteAddress: from, localAddress: to } };
  return isUnencrypted(request as unknown as IncomingMessage);
}

describe("a request over plain http", () => {
  it("is taken from this machine, at any of its addresses", () => {
    for (const from of ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"])
      expect(unencrypted({ from, to: from })).toBe(false);
    expect(unencrypted({ from: "10.0.0.1" })).toBe(false);
    expect(unencrypted({ from: "::ffff:10.0.0.1" })).toBe(false);
  });

  it("is not taken from another machine", () => {
    for (const from of ["10.0.0.2", "::ffff:10.0.0.2", "2001:db8::2", ""])
      expect(unencrypted({ from }), from).toBe(true);
    expect(unencrypted({ from: "10.0.0.2", proto: "http" })).toBe(true);
    expect(unencrypted({ from: "10.0.0.2", proto: "http, https" })).toBe(true);
    expect(unencrypted({ from: "10.0.0.2", url: "/api/v1/healthy" })).toBe(true);
  });

  it("is taken from a proxy that ended TLS", () => {
    for (const proto of ["https", "HTTPS", "https, http", ["https", "http"]])
      expect(unencrypted({ from: "10.0.0.2", proto })).toBe(false);
  });

  it("is taken from a proxy that is named, unless people use an http address or it says http", () => {
    const named = { TRUSTED_PROXIES: "10.0.0.2" };
    expect(unencrypted({ from: "10.0.0.2" }, { ...named, PUBLIC_URL: "https://rostrum.example.com" })).toBe(
      false,
    );
    expect(unencrypted({ from: "10.0.0.2" }, { ...named, PUBLIC_URL: "http://localhost:3000" })).toBe(false);
    expect(unencrypted({ from: "10.0.0.2" }, { ...named, PUBLIC_URL: "http://10.0.0.1:3000" })).toBe(true);
    expect(
      unencrypted(
        { from: "10.0.0.2", proto: "http" },
        { ...named, PUBLIC_URL: "https://rostrum.example.com" },
      ),
    ).toBe(true);
    expect(unencrypted({ from: "10.0.0.3" }, { ...named, PUBLIC_URL: "https://rostrum.example.com" })).toBe(
      true,
    );
  });

  it("asks for health from anywhere", () => {
    for (const url of ["/api/v1/health", "/api/v1/health?x", "/api/v1/health/"])
      expect(unencrypted({ from: "10.0.0.2", url })).toBe(false);
  });
});
