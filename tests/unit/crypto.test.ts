import { beforeAll, describe, expect, it } from "vitest";
import { resetConfig } from "@/lib/platform/config";
import {
  equalConstantTime,
  hashPassword,
  hashToken,
  randomToken,
  redact,
  SealError,
  seal,
  unseal,
  verifyPassword,
} from "@/lib/platform/crypto";

beforeAll(() => {
  process.env.ROSTRUM_KEY = Buffer.alloc(32, 1).toString("base64");
  resetConfig();
});

describe("seal", () => {
  it("opens what it sealed, for the same context only", () => {
    const sealed = seal("pässword 🔑", "cloud:cld_1");
    expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+\.[\w-]+$/);
    expect(sealed).not.toContain("ssword");
    expect(unseal(sealed, "cloud:cld_1")).toBe("pässword 🔑");
    expect(() => unseal(sealed, "cloud:cld_2")).toThrow(SealError);
  });

  it("never gives the same text twice", () => {
    expect(seal("a", "x")).not.toBe(seal("a", "x"));
  });

  it("notices every altered byte, a truncation and rubbish", () => {
    const sealed = seal("secret", "x");
    const [version, key, iv, body = ""] = sealed.split(".");
    for (let index = 0; index < body.length; index += 1) {
      const other = body[index] === "A" ? "B" : "A";
      const altered = `${body.slice(0, index)}${other}${body.slice(index + 1)}`;
      if (Buffer.from(altered, "base64url").equals(Buffer.from(body, "base64url"))) continue;
      expect(() => unseal([version, key, iv, altered].join("."), "x")).toThrow(SealError);
    }
    for (const rubbish of ["", "v1", "v2.a.b.c", `${version}.${key}.${iv}.AAAA`, `${sealed}.x`]) {
      expect(() => unseal(rubbish, "x")).toThrow(SealError);
    }
  });

  it("names the key when another one is in use", () => {
    const sealed = seal("secret", "x");
    process.env.ROSTRUM_KEY = Buffer.alloc(32, 2).toString("base64");
    resetConfig();
    expect(() => unseal(sealed, "x")).toThrow(/Encrypted with key [0-9a-f]{8}/);
    process.env.ROSTRUM_KEY = Buffer.alloc(32, 1).toString("base64");
    resetConfig();
    expect(unseal(sealed, "x")).toBe("secret");
  });
});

describe("passwords", () => {
  it("verifies the right one only, whichever way it was typed", async () => {
    const stored = await hashPassword("Amélie's cat 1");
    expect(stored).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(await verifyPassword("Ame\u0301lie's cat 1", stored)).toBe(true);
    expect(await verifyPassword("amélie's cat 1", stored)).toBe(false);
    expect(await verifyPassword("", stored)).toBe(false);
    expect(await verifyPassword("anything", null)).toBe(false);
    expect(await verifyPassword("anything", "plain")).toBe(false);
  });
});

describe("tokens", () => {
  it("have 128 bits or more, whatever is asked for", () => {
    for (const bytes of [0, 1, 15, 16]) expect(randomToken(bytes)).toMatch(/^[\w-]{22}$/);
    expect(randomToken(24)).toMatch(/^[\w-]{32}$/);
  });

  it("are random, hashed and compared in constant time", () => {
    expect(randomToken()).toMatch(/^[\w-]{43}$/);
    expect(randomToken()).not.toBe(randomToken());
    expect(hashToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(equalConstantTime("a", "a")).toBe(true);
    expect(equalConstantTime("a", "aa")).toBe(false);
  });
});

describe("redact", () => {
  it("hides telling names and known secrets anywhere in a text", () => {
    const value = {
      name: "db",
      password: "hunter22",
      apiToken: "x",
      nested: [{ client_secret: "y", url: "postgres://app:hunter22@host/db" }],
      passwordChanged: true,
      when: new Date(0),
    };
    expect(redact(value, ["hunter22", "ab"])).toEqual({
      name: "db",
      password: "[redacted]",
      apiToken: "[redacted]",
      nested: [{ client_secret: "[redacted]", url: "postgres://app:[redacted]@host/db" }],
      passwordChanged: true,
      when: new Date(0),
    });
    expect(value.password).toBe("hunter22");
  });

  it("hides the longer secret whole when it contains a shorter one", () => {
    expect(redact("x abcdef y", ["abcd", "abcdef"])).toBe("x [redacted] y");
  });
});
