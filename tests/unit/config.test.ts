import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { getAuthSecret, getSecretKey, getSecretKeys, loadConfig } from "@/lib/platform/config";

const directory = mkdtempSync(join(tmpdir(), "rostrum-config-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("loadConfig", () => {
  it("needs nothing", () => {
    const config = loadConfig({}, "/srv/rostrum");
    expect(config).toMatchObject({
      embedded: true,
      port: 3000,
      host: "127.0.0.1",
      dataDir: "/srv/rostrum/data",
      publicUrl: "http://localhost:3000",
      demo: "auto",
      oidc: undefined,
    });
    expect(config.workerFamilies).toHaveLength(5);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("takes what it is given", () => {
    const config = loadConfig({
      DATABASE_URL: "postgresql://u:p@db/rostrum",
      REDIS_URL: "rediss://cache:6380",
      PUBLIC_URL: "https://rostrum.example.com/",
      DATA_DIR: "/var/lib/r",
      PORT: "8080",
      DEMO: "no",
      ROSTRUM_WORKERS: "backup, monitoring",
      ADMIN_EMAIL: "Root@Example.com",
    });
    expect(config).toMatchObject({
      embedded: false,
      publicUrl: "https://rostrum.example.com",
      dataDir: "/var/lib/r",
      port: 8080,
      demo: "off",
      workerFamilies: ["monitoring", "backup"],
      adminEmail: "root@example.com",
    });
  });

  it("takes none for every list of networks", () => {
    const none = loadConfig({ OUTGOING_ALLOW: "none", OUTGOING_DENY: "None", TRUSTED_PROXIES: "none" });
    expect(none.outgoing).toEqual({ allow: [], deny: [] });
    expect(none.trustedProxies).toEqual([]);
  });

  it("keeps calling a database embedded that the launcher hands down", () => {
    expect(loadConfig({ DATABASE_URL: "postgres://a@b/c", ROSTRUM_EMBEDDED: "1" }).embedded).toBe(true);
  });

  it.each([
    [{ PORT: "99999" }, "PORT must be a whole number from 1 to 65535"],
    [{ PORT: "3000x" }, "PORT must"],
    [{ DATABASE_URL: "mysql://x" }, "DATABASE_URL must be a postgresql:// URL"],
    [{ REDIS_URL: "localhost:6379" }, "REDIS_URL must be"],
    [{ ROSTRUM_KEY: "c2hvcnQ=" }, "ROSTRUM_KEY must be 32 bytes in base64"],
    [{ ADMIN_PASSWORD: "short" }, "ADMIN_PASSWORD must have at least 10 characters"],
    [{ ROSTRUM_WORKERS: "backup,typo" }, 'ROSTRUM_WORKERS contains "typo"'],
    [{ DEMO: "perhaps" }, "DEMO must be auto, on or off"],
    [{ LOG_LEVEL: "loud" }, "LOG_LEVEL"],
    [{ OUTGOING_DENY: "nothing" }, 'OUTGOING_DENY contains "nothing". Use none, IP addresses or networks'],
    [{ OIDC_ISSUER: "https://id.example.com" }, "set all of OIDC_ISSUER"],
  ])("refuses %o in one line", (env, message) => {
    expect(() => loadConfig(env)).toThrow(message);
    try {
      loadConfig(env);
    } catch (error) {
      expect((error as Error).message).not.toContain("\n");
    }
  });

  it("names every wrong value, never the value of a secret", () => {
    try {
      loadConfig({ PORT: "x", ADMIN_PASSWORD: "hunter2" });
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toContain("PORT");
      expect((error as Error).message).toContain("ADMIN_PASSWORD");
      expect((error as Error).message).not.toContain("hunter2");
    }
  });
});

describe("the secret key", () => {
  it("is created once, for its owner only", () => {
    const config = loadConfig({ DATA_DIR: join(directory, "made") });
    const key = getSecretKey(config);
    expect(key).toHaveLength(32);
    const file = join(config.dataDir, "secret.key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Buffer.from(readFileSync(file, "utf8"), "base64").equals(key)).toBe(true);
    expect(getSecretKey(config).equals(key)).toBe(true);
  });

  it("comes from the environment where that has one, and signs sessions with something else", () => {
    const ROSTRUM_KEY = Buffer.alloc(32, 7).toString("base64");
    const config = loadConfig({ ROSTRUM_KEY, DATA_DIR: join(directory, "never") });
    expect(getSecretKey(config).equals(Buffer.alloc(32, 7))).toBe(true);
    expect(getAuthSecret(config)).toHaveLength(43);
    expect(Buffer.from(getAuthSecret(config), "base64url").equals(getSecretKey(config))).toBe(false);
  });

  it("may be followed by earlier ones, in the file or in the environment", () => {
    const lines = [3, 4].map((n) => Buffer.alloc(32, n).toString("base64"));
    const kept = join(directory, "several");
    mkdirSync(kept);
    writeFileSync(join(kept, "secret.key"), `${lines.join("\n")}\n`);
    for (const env of [{ DATA_DIR: kept }, { ROSTRUM_KEY: lines.join(", ") }]) {
      const config = loadConfig(env);
      expect(getSecretKey(config).equals(Buffer.alloc(32, 3))).toBe(true);
      expect(getSecretKeys(config)).toHaveLength(2);
    }
  });

  it("is refused when the file holds something else", () => {
    const config = loadConfig({ DATA_DIR: directory });
    writeFileSync(join(directory, "secret.key"), "oops");
    expect(() => getSecretKey(config)).toThrow("is damaged: the content has 3 bytes instead of 32");
  });
});
