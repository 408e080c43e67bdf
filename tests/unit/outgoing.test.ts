import { describe, expect, it } from "vitest";
import { readStart, refusalOf } from "@/lib/platform/outgoing";

describe("what a template may have asked", () => {
  const own = new Set(["127.0.0.1:25000", "localhost:80"]);

  it.each([
    "http://127.0.0.1:25000/healthz",
    "http://localhost/",
    "http://203.0.113.7/",
    "https://192.168.1.4/x",
  ])("is its own environment and the world outside: %s", async (address) =>
    expect(await refusalOf(address, own)).toBeNull(),
  );

  it.each([
    "http://127.0.0.1:25001/",
    "http://localhost:5432/",
    "http://127.1/",
    "http://2130706433/",
    "http://[::1]:25000/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data",
    "http://0.0.0.0:25001/",
    "http://[fe80::1]/",
    "file:///etc/passwd",
    "ftp://203.0.113.7/",
    "no address",
  ])("is neither this machine's own network nor anything but HTTP: %s", async (address) => {
    expect(await refusalOf(address, own)).not.toBeNull();
  });

  it("is read no further than the limit", async () => {
    const endless = new ReadableStream({
      pull: (out) => out.enqueue(new TextEncoder().encode("x".repeat(1000))),
    });
    expect(await readStart(new Response(endless), 2_500)).toHaveLength(2_500);
    expect(await readStart(new Response(null), 10)).toBe("");
  });
});
