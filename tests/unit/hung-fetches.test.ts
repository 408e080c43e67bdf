import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { endOf } from "@/lib/platform/http/hung-fetches";

const portal = "https://rostrum.example.com";

function asked(url: string, headers: Record<string, string>, method = "GET"): IncomingMessage {
  return { method, url, headers } as unknown as IncomingMessage;
}

describe("fetches of a silent database", () => {
  it.each([
    ["a link fetched ahead", "/catalog?_rsc=x", { rsc: "1", "next-router-prefetch": "1" }, "whenever"],
    [
      "a part fetched ahead",
      "/catalog?_rsc=x",
      { rsc: "1", "next-router-segment-prefetch": "/_tree" },
      "whenever",
    ],
    [
      "a click on a link",
      "/catalog?_rsc=x",
      { rsc: "1", referer: `${portal}/runs` },
      "before its answer begins",
    ],
    ["without saying from where", "/catalog?_rsc=x", { rsc: "1" }, "before its answer begins"],
    ["a referrer that is no address", "/catalog", { rsc: "1", referer: "about" }, "before its answer begins"],
    [
      "a refresh of the open page",
      "/runs?_rsc=x",
      { rsc: "1", referer: `${portal}/runs?status=failed` },
      "wait",
    ],
    ["a page", "/catalog", {}, "wait"],
    ["the API, which answers itself", "/api/v1/me", {}, "wait"],
  ] as const)("%s", (_name, url, headers, end) => {
    expect(endOf(asked(url, headers))).toBe(end);
  });

  it("a form that is sent is never ended", () => {
    expect(endOf(asked("/catalog", { rsc: "1" }, "POST"))).toBe("wait");
  });
});
