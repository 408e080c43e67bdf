import { describe, expect, it } from "vitest";
import { canonicalHost, sharesCookies } from "./hosts";

describe("a bare host", () => {
  it.each([
    ["LocalHost", "localhost"],
    ["127.1", "127.0.0.1"],
    ["2130706433", "127.0.0.1"],
    ["0x7f.0.0.1", "127.0.0.1"],
    ["::1", "[::1]"],
    ["[0:0:0:0:0:0:0:1]", "[::1]"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["ｌｏｃａｌｈｏｓｔ", "localhost"],
    ["build_host", "build_host"],
  ])("%s is %s", (text, host) => expect(canonicalHost(text)).toBe(host));

  it.each([
    "",
    "localhost:3000",
    "http://localhost",
    "me@localhost",
    "localhost/",
    "localhost?x",
    "local\thost",
    "%6cocalhost",
    "\\localhost",
    "[::1]:3000",
    "[::1",
    "256.1.1.1",
  ])("%j is none", (text) => expect(canonicalHost(text)).toBeNull());
});

describe("hosts whose cookies go to both", () => {
  it.each([
    ["localhost", "LOCALHOST"],
    ["localhost", "localhost."],
    ["127.0.0.1", "127.1"],
    ["::1", "[0:0::1]"],
    ["rostrum.example.com", "Rostrum.Example.com."],
  ])("%s and %s", (left, right) => expect(sharesCookies(left, right)).toBe(true));

  it.each([
    ["localhost", "127.0.0.1"],
    ["localhost", "shop.localhost"],
    ["example.com", "apps.example.com"],
    ["127.0.0.1", "127.0.0.2"],
    ["127.0.0.1", "::ffff:127.0.0.1"],
    ["no host", "no host"],
  ])("not %s and %s", (left, right) => expect(sharesCookies(left, right)).toBe(false));
});
