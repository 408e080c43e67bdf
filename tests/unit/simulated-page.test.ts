import { expect, it } from "vitest";
import { GET } from "@/app/simulated/[...path]/route";
import { simulatedPage } from "@/components/shell/simulated-page";

/** What stands in for a simulated workload can do nothing, with any made-up URL. */

const open = (path: string[]) =>
  GET(new Request(`http://localhost:3000/simulated/${path.join("/")}`), {
    params: Promise.resolve({ path }),
  });

it("says what it is and for what it stands, with no cookie and nothing but its own style", async () => {
  const response = await open(["shop-staging", "web", "orders"]);
  const text = await response.text();
  expect(response.status).toBe(200);
  expect(text).toContain("This workload is simulated");
  expect(text).toContain("<dd>shop-staging</dd>");
  expect(text).toContain("<dd>web</dd>");
  expect(response.headers.getSetCookie()).toEqual([]);
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; /);
  expect(policy).toMatch(/form-action 'none'; frame-ancestors 'none'; sandbox$/);
  expect(policy).not.toMatch(/script-src|unsafe/);
  expect(text).not.toMatch(/<script|src=|href=|url\(/);
});

it.each([["<script>alert(1)</script>"], ['"onload="x'], ["a b"], ["Ünïcode"], ["a".repeat(64)], [""]])(
  "repeats nothing that is no name: %s",
  (part) => {
    const text = simulatedPage([part, part]);
    expect(text).not.toContain("<dl>");
    if (part !== "") expect(text).not.toContain(`>${part}<`);
  },
);
