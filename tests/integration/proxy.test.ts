import { unstable_doesMiddlewareMatch } from "next/experimental/testing/server";
import { NextRequest } from "next/server";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { resetConfig } from "@/lib/platform/config";
import { config, proxy } from "@/proxy";
import type { TestDatabase } from "@/tests/support/database";
import { useTestPortal } from "@/tests/support/portal";

// Before each page the database is asked for a sign of life.
let database: TestDatabase;
beforeAll(async () => {
  database = await useTestPortal();
});
afterAll(async () => await database.drop());

const at = (path: string) => new NextRequest(`http://localhost:3000${path}`);
const isAsked = (path: string) =>
  unstable_doesMiddlewareMatch({ config, nextConfig: {}, url: `http://localhost:3000${path}` });
const unreadable = ["/environments/%E0%A4%A", "/environments/%ff", "/%", "/runs/run_1%zz", "/catalog/a%2"];

describe("an address that cannot be read", () => {
  it.each(unreadable)("of a page leads nowhere: %s", async (path) => {
    expect(isAsked(path)).toBe(true);
    const response = await proxy(at(path));
    expect(response.headers.get("x-middleware-rewrite")).toBe("http://localhost:3000/nowhere/nowhere");
    expect(response.status).toBe(404);
    expect(response.headers.get("content-security-policy")).toContain("'nonce-");
  });

  it.each(["%0A", "%0D%0Ax-evil:1", "%C3%BC", "%FF", "//evil.example", ""])(
    "does not become a header as it was typed: %s",
    async (text) => {
      const response = await proxy(at(`/nowhere/forbidden?address=${text}`));
      expect(response.headers.get("x-middleware-next")).toBe("1");
      expect(response.status, "asked again, the reason has its status").toBe(403);
      const header = response.headers.get("x-middleware-request-x-pathname") ?? "";
      expect(header).toMatch(/^\/[\x21-\x7e]*$/);
    },
  );

  it("is not sent on for ever: a reason there isn't is a URL like others", async () => {
    const response = await proxy(at("/nowhere/constructor"));
    expect(response.headers.get("x-middleware-next")).toBe("1");
    expect(response.headers.get("x-middleware-request-x-destination")).toBe("page");
  });

  it.each(unreadable)("of the API is a problem: /api/v1%s", async (path) => {
    expect(isAsked(`/api/v1${path}`)).toBe(true);
    const response = await proxy(at(`/api/v1${path}`));
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ code: "invalid_request", status: 400 });
  });
});

describe("a path whose letters are encoded", () => {
  it.each([
    ["/%65nvironments?q=%65", "/environments?q=%65"],
    ["/environments/env%5F1/%62ackups", "/environments/env_1/backups"],
    ["/catalog/%61%2Fb", "/catalog/a%2Fb"],
  ])("leads to the page it names: %s", async (path, plain) => {
    const response = await proxy(at(path));
    expect(response.status).toBe(308);
    expect(response.headers.get("location")).toBe(`http://localhost:3000${plain}`);
    expect((await proxy(at(plain))).headers.get("location"), "it is plain now").toBeNull();
  });

  it.each([
    "/%45nvironments",
    "/%65nvironment",
    "/%2565nvironments",
    "/%61dmin%2Fusers",
    "/%61pi/v1/me",
    "/%65nvironments/%ff",
    "/%6%35nvironments",
  ])("leads nowhere where it names no page: %s", async (path) => {
    const response = await proxy(at(path));
    expect(response.headers.get("x-middleware-rewrite")).toContain("/nowhere/nowhere");
    expect(response.status).toBe(404);
  });
});

describe("the policy of pages", () => {
  const policyOf = async (production: boolean) => {
    vi.stubEnv("NODE_ENV", production ? "production" : "development");
    resetConfig();
    const response = await proxy(at("/sign-in"));
    const policy = response.headers.get("content-security-policy") ?? "";
    const parts = policy.split("; ").map((part) => part.split(" "));
    return Object.fromEntries(parts.map(([name = "", ...values]) => [name, values]));
  };
  afterEach(() => {
    vi.unstubAllEnvs();
    resetConfig();
  });

  it("lets pages load, connect and send to the portal alone, and nothing embed them", async () => {
    const policy = await policyOf(true);
    expect(policy).toMatchObject({
      "default-src": ["'self'"],
      "connect-src": ["'self'"],
      "form-action": ["'self'"],
      "font-src": ["'self'"],
      "object-src": ["'none'"],
      "base-uri": ["'none'"],
      "frame-ancestors": ["'none'"],
    });
    const hosts = Object.values(policy).flat();
    for (const value of hosts) expect(value).toMatch(/^('[\w+/=-]+'|data:|blob:)$/);
  });

  it("lets only scripts with a nonce of this answer run, and no text", async () => {
    const [first, second] = [await policyOf(true), await policyOf(true)];
    const nonces = [first, second].map((one) =>
      one["script-src"]?.find((value) => value.startsWith("'nonce-")),
    );
    expect(nonces[0]).toMatch(/^'nonce-[A-Za-z0-9+/]{22}=='$/);
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(first["script-src"]).toEqual(["'self'", nonces[0], "'strict-dynamic'"]);
    expect((await policyOf(false))["script-src"]).toContain("'unsafe-eval'");
  });
});

describe("an address that can be read", () => {
  it.each(["/", "/environments/env_1", "/catalog?q=%E0%A4%A", "/catalog/caf%C3%A9", "/catalog/a%2Fb"])(
    "of a page continues: %s",
    async (path) => {
      expect(isAsked(path)).toBe(true);
      const response = await proxy(at(path));
      expect(response.headers.get("x-middleware-next")).toBe("1");
      expect(response.headers.get("x-middleware-request-x-pathname")).toBe(path);
    },
  );

  it("of the API continues, and mostly is not looked at", async () => {
    expect(isAsked("/api/v1/environments/env_1")).toBe(false);
    expect(isAsked("/api/v1/templates/web/versions/1.0.0%2Bone")).toBe(false);
    expect(isAsked("/api/v1/environments/caf%C3%A9")).toBe(true);
    const response = await proxy(at("/api/v1/environments/caf%C3%A9"));
    expect(response.headers.get("x-middleware-next")).toBe("1");
    expect(response.headers.get("content-security-policy")).toBeNull();
  });
});
