import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";

type Answer = (response: ServerResponse) => void;

async function headersOf(publicUrl: string, answer: Answer): Promise<Headers> {
  vi.resetModules();
  vi.stubEnv("PUBLIC_URL", publicUrl);
  const { secureResponse } = await import("@/lib/platform/http/security-headers");
  const server = createServer((_request, response) => {
    secureResponse(response);
    answer(response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await response.text();
    return response.headers;
  } finally {
    server.close();
  }
}

const ways: Record<string, Answer> = {
  "written at once": (response) => response.writeHead(200, { "content-type": "text/plain" }).end("a"),
  "written with a phrase": (response) => response.writeHead(200, "Fine", { "x-a": "b" }).end("a"),
  "never written": (response) => response.end("a"),
  "set before": (response) => {
    response.setHeader("content-type", "application/json");
    response.write("{}");
    response.end();
  },
};

afterEach(() => vi.unstubAllEnvs());

describe("every answer", () => {
  it.each(Object.keys(ways))("has the security headers: %s", async (way) => {
    const headers = await headersOf("https://rostrum.example.com", ways[way] as Answer);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("content-security-policy")).toContain("sandbox");
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
  });

  it("keeps what the one who answers has set, once", async () => {
    const set: Answer = (response) => {
      response.setHeader("content-security-policy", "default-src 'self'");
      response
        .writeHead(200, { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" })
        .end();
    };
    const headers = await headersOf("https://rostrum.example.com", set);
    expect(headers.get("content-security-policy")).toBe("default-src 'self'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });

  it("asks for https only where the portal has it", async () => {
    const headers = await headersOf("http://localhost:3000", ways["never written"] as Answer);
    expect(headers.get("strict-transport-security")).toBeNull();
  });
});
