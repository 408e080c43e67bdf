import { unstable_doesMiddlewareMatch } from "next/experimental/testing/server";
import { NextRequest } from "next/server";
import { describe, expect, it } from "vitest";
import { config, proxy } from "@/proxy";

const at = (path: string) => new NextRequest(`http://localhost:3000${path}`);
const isAsked = (path: string) =>
  unstable_doesMiddlewareMatch({ config, nextConfig: {}, url: `http://localhost:3000${path}` });
const unreadable = ["/environments/%E0%A4%A", "/environments/%ff", "/%", "/runs/run_1%zz", "/catalog/a%2"];

describe("an address that cannot be read", () => {
  it.each(unreadable)("of a page leads nowhere: %s", async (path) => {
    expect(isAsked(path)).toBe(true);
    const response = await proxy(at(path));
    expect(response.headers.get("x-middleware-rewrite")).toBe("http://localhost:3000/nowhere");
    expect(response.headers.get("content-security-policy")).toContain("'nonce-");
  });

  it.each(unreadable)("of the API is a problem: /api/v1%s", async (path) => {
    expect(isAsked(`/api/v1${path}`)).toBe(true);
    const response = await proxy(at(`/api/v1${path}`));
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ code: "invalid_request", status: 400 });
  });
});

describe("an address that can be read", () => {
  it.each(["/", "/environments/env_1", "/catalog?q=%E0%A4%A", "/catalog/caf%C3%A9", "/catalog/a%2Fb"])(
    "of a page goes on: %s",
    async (path) => {
      expect(isAsked(path)).toBe(true);
      const response = await proxy(at(path));
      expect(response.headers.get("x-middleware-next")).toBe("1");
      expect(response.headers.get("x-middleware-request-x-pathname")).toBe(path);
    },
  );

  it("of the API goes on, and mostly is not looked at", async () => {
    expect(isAsked("/api/v1/environments/env_1")).toBe(false);
    expect(isAsked("/api/v1/templates/web/versions/1.0.0%2Bone")).toBe(false);
    expect(isAsked("/api/v1/environments/caf%C3%A9")).toBe(true);
    const response = await proxy(at("/api/v1/environments/caf%C3%A9"));
    expect(response.headers.get("x-middleware-next")).toBe("1");
    expect(response.headers.get("content-security-policy")).toBeNull();
  });
});
