import { describe, expect, it } from "vitest";
import type { GitAddress } from "@/lib/clouds/contract";
import { chooseCredential, credentialAddress } from "@/lib/features/credentials/rules";
import { gitCredentialCreate, gitCredentialUpdate } from "@/lib/features/credentials/schema";
import { AddressError } from "@/lib/platform/outgoing";

const at = (path: string, more: Partial<GitAddress> = {}): GitAddress => ({
  protocol: "https:",
  host: "git.example.com",
  port: 443,
  path,
  ...more,
});
const choose = (wanted: GitAddress, ...addresses: string[]) =>
  chooseCredential(
    addresses.map((address) => ({ address })),
    wanted,
  )?.address ?? null;

describe("a Git credential", () => {
  it("is for one scheme, host and port, and for what lies below its path", () => {
    const server = "https://git.example.com";
    const team = "https://git.example.com/team";
    expect(choose(at("/team/x.git"), server, team)).toBe(team);
    expect(choose(at("/team"), server, team)).toBe(team);
    expect(choose(at("/teammates/x.git"), team)).toBeNull();
    expect(choose(at("/other/x.git"), server, team)).toBe(server);
    expect(choose(at("/x.git", { protocol: "http:", port: 80 }), server)).toBeNull();
    expect(choose(at("/x.git", { protocol: "http:" }), server)).toBeNull();
    expect(choose(at("/x.git", { port: 8443 }), server)).toBeNull();
    expect(choose(at("/x.git", { host: "git.example.com.evil.example" }), server)).toBeNull();
    expect(choose(at("/x.git", { host: "example.com" }), server)).toBeNull();
  });

  it.each([
    "/team/x%2F..%2F..%2Fother",
    "/team/..%2fother",
    "/team/%2e%2e/other",
    "/team/%2E%2E%2Fother",
    "/team/x%5c..%5cother",
    "/team/x%252f..%252fother",
    "/team/x%00.git",
    "/team/../other",
    "/team/..",
  ])("is for no path that a server may read as another one: %s", (path) => {
    expect(choose(at(path), "https://git.example.com/team", "https://git.example.com")).toBeNull();
    expect(choose(at("/team/x%20y/.well..known.git"), "https://git.example.com/team")).not.toBeNull();
  });

  it.each([
    ["https://GIT.example.com:443/", "https://git.example.com"],
    ["https://git.example.com:8443/team//", "https://git.example.com:8443/team"],
    ["http://git.example.com/a/../team", "http://git.example.com/team"],
  ])("has one spelling of its address: %s", (text, address) => {
    expect(credentialAddress(text)).toBe(address);
  });

  it.each([
    "git.example.com",
    "ssh://git@git.example.com",
    "https://robot:secret@git.example.com",
    "https://git.example.com\\@evil.example",
    "https://git.example.com/x?y",
    "https://",
  ])("has no such address: %s", (text) => {
    expect(() => credentialAddress(text)).toThrow(AddressError);
  });

  it("has a user name and a password of one line, and keeps its address", () => {
    const input = { name: "a", address: "https://x.example", username: "u", password: "p" };
    expect(gitCredentialCreate.safeParse(input).success).toBe(true);
    for (const wrong of [{ password: "a\nb" }, { username: "a\u0000" }, { password: "" }, { username: " " }])
      expect(gitCredentialCreate.safeParse({ ...input, ...wrong }).success).toBe(false);
    expect(gitCredentialUpdate.safeParse({ address: "https://evil.example", name: "b" }).success).toBe(false);
    expect(gitCredentialUpdate.safeParse({}).success).toBe(false);
  });
});
