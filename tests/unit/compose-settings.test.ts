import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { freePort } from "../support/free-port";
import { hasRedis } from "../support/redis";

interface Service {
  environment?: Record<string, string>;
  command?: string[];
  ports?: string[];
}

const text = readFileSync("docker-compose.yml", "utf8");
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
const readme = readFileSync("README.md", "utf8");
const operating = readFileSync("docs/guides/operating.md", "utf8");

/** The variables of the README's table of settings. */
const documented = readme
  .slice(readme.indexOf("## Settings"), readme.indexOf("## The API"))
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .flatMap((line) =>
    [...(line.split(" | ")[0] ?? "").matchAll(/`([A-Z_]+)`/g)].map((match) => match[1] ?? ""),
  );

/** Settings that Compose decides by itself, and why no one sets them there. */
const decided: Record<string, string> = {
  HOST: "the image listens on all addresses of its container; BIND says where the port is published",
  PORT: "the port that is published; the container's own is always 3000",
  DATA_DIR: "the volume of the image",
  RUNTIME_DIR: "only components of the machine cloud need it",
  DATABASE_URL: "the server of Compose",
  DATABASE_OWNER_URL: "the server of Compose, for migrations alone",
  REDIS_URL: "the server of Compose",
};

describe("the image", () => {
  it("leaves no test in the image", () => {
    const dockerfile = readFileSync("Dockerfile", "utf8");
    const removes = /&& (find \..*) -exec rm \{\} \+$/m.exec(dockerfile)?.[1] ?? "false";
    const found = execFileSync("sh", ["-c", `${removes} -print`], { encoding: "utf8" });
    const removed = new Set(found.split("\n").map((file) => file.replace("./", "")));
    const tests = execFileSync("git", ["ls-files", "*.test.ts", "*.test.tsx"], { encoding: "utf8" });
    const left = tests.split("\n").filter((file) => file && !removed.has(file));
    expect(tests.length).toBeGreaterThan(1_000);
    expect(left).toEqual([]);
    expect(dockerfile).toMatch(/rm -rf .* tests /);
    expect(dockerfile).toContain("npm prune --omit=dev");
  });
});

describe("docker-compose.yml", () => {
  it.each(["portal", "workers", "migrate"])("hands every documented setting to %s", (name) => {
    const given = services[name]?.environment ?? {};
    expect(documented.length).toBeGreaterThan(25);
    const missing = documented.filter(
      (variable) => !decided[variable] && !given[variable]?.includes(`\${${variable}`),
    );
    expect(missing).toEqual([]);
  });

  it("reads no variable that is documented nowhere", () => {
    const used = new Set([...text.matchAll(/\$\{([A-Z_]+)/g)].map((match) => match[1] ?? ""));
    const unknown = [...used].filter(
      (variable) => !documented.includes(variable) && !operating.includes(variable),
    );
    expect(unknown).toEqual([]);
  });

  it("has a default, or says what is missing, for every variable", () => {
    expect([...text.matchAll(/\$\{[A-Z_]+\}/g)].map((match) => match[0])).toEqual([]);
  });

  it("publishes the portal on this machine alone, and no other service", () => {
    expect(services.portal?.ports).toEqual([`\${BIND:-127.0.0.1}:\${PORT:-3000}:3000`]);
    const others = Object.entries(services).filter(([name, one]) => name !== "portal" && one.ports);
    expect(others).toEqual([]);
  });

  it("keeps the owner of the database from portal and workers", () => {
    expect(services.migrate?.environment).toHaveProperty("DATABASE_OWNER_URL");
    expect(services.portal?.environment).not.toHaveProperty("DATABASE_OWNER_URL");
    expect(services.workers?.environment).not.toHaveProperty("DATABASE_OWNER_URL");
  });

  it.skipIf(!hasRedis())("starts a Redis that answers no one without its password", async () => {
    const password = "feed0123";
    const fill = (value: string) => value.replace(/\$\{REDIS_PASSWORD[^}]*\}/, password);
    const [program = "", ...args] = (services.redis?.command ?? []).map(fill);
    const port = await freePort();
    const dir = mkdtempSync(join(tmpdir(), "rostrum-compose-redis-"));
    const server = spawn(program, [...args, "--port", String(port), "--bind", "127.0.0.1", "--dir", dir]);
    const url = new URL(fill(services.portal?.environment?.REDIS_URL ?? ""));
    const clients = [`redis://:${url.password}@127.0.0.1:${port}`, `redis://127.0.0.1:${port}`].map(
      (address) => new Redis(address, { maxRetriesPerRequest: 20, enableReadyCheck: false }),
    );
    for (const client of clients) client.on("error", () => {}); // Not there yet: tried again.
    try {
      const [known, stranger] = clients;
      expect(await known?.ping()).toBe("PONG");
      await expect(stranger?.ping()).rejects.toThrow("NOAUTH");
    } finally {
      for (const client of clients) client.disconnect();
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill();
      await ended;
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
