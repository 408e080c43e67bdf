import { execFile, execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resetConfig } from "@/lib/platform/config";
import { refusePlainHttp } from "@/lib/platform/http/plain-http";

const run = promisify(execFile);
const space = `rostrum-test-${process.pid}`;
const [here, there] = ["rtest-here", "rtest-there"];
const ip = (...args: string[]) => execFileSync("ip", args, { stdio: "pipe" });

/** Another machine: a network namespace joined to this one by a cable. */
function plugIn(): void {
  ip("netns", "add", space);
  ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", space);
  ip("addr", "add", "198.18.77.1/30", "dev", here);
  ip("link", "set", here, "up");
  ip("-n", space, "addr", "add", "198.18.77.2/30", "dev", there);
  ip("-n", space, "link", "set", there, "up");
}

describe.skipIf(process.getuid?.() !== 0)("the portal's server, asked over plain http", () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    plugIn();
    refusePlainHttp();
    server = createServer((_, response) => response.end("signed in"));
    await new Promise<void>((done) => server.listen(0, "0.0.0.0", done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    delete process.env.ALLOW_PLAIN_HTTP;
    server.close();
    ip("netns", "del", space);
  });

  async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; body: string }> {
    const fetching = `fetch(...JSON.parse(process.argv[1])).then(async (answer) =>
      process.stdout.write(JSON.stringify({ status: answer.status, body: await answer.text() })))`;
    const request = JSON.stringify([`http://198.18.77.1:${port}${path}`, init]);
    const command = ["netns", "exec", space, process.execPath, "-e", fetching, request];
    const { stdout } = await run("ip", command, { timeout: 20_000 });
    return JSON.parse(stdout);
  }

  it("answers this machine, whichever address of it is asked", async () => {
    for (const host of ["127.0.0.1", "127.0.0.2", "198.18.77.1"]) {
      const answer = await fetch(`http://${host}:${port}/sign-in`);
      expect(await answer.text(), host).toBe("signed in");
    }
  });

  it("refuses another machine and says what to do, also as JSON", async () => {
    const page = await ask("/sign-in");
    expect(page.status).toBe(403);
    expect(page.body).toMatch(/only HTTPS.*TLS proxy.*ALLOW_PLAIN_HTTP=on/);
    const { status, body } = await ask("/api/v1/me", { headers: { authorization: "Bearer ros_stolen" } });
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ code: "forbidden", detail: expect.stringContaining("HTTPS") });
  });

  it("does not take the password of a refused request", async () => {
    const { status } = await ask("/api/auth/callback/credentials", {
      method: "POST",
      body: "password=secret",
    });
    expect(status).toBe(403);
  });

  it("tells another machine whether it is well", async () =>
    expect((await ask("/api/v1/health")).body).toBe("signed in"));

  it("answers a proxy that ended TLS", async () => {
    expect((await ask("/sign-in", { headers: { "x-forwarded-proto": "https" } })).body).toBe("signed in");
  });

  it("answers another machine where an administrator accepts it", async () => {
    process.env.ALLOW_PLAIN_HTTP = "on";
    resetConfig();
    expect((await ask("/sign-in")).body).toBe("signed in");
  });
});
