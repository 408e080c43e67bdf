import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip } from "node:zlib";

export interface GitServer {
  port: number;
  /** Everything that was asked, in order: method, path, Host, user name given. */
  asked: { url: string; host: string; user: string | null }[];
  /** Answers each request so much later. */
  delayMs: number;
  /** Where requests for these paths are sent instead. */
  redirects: Map<string, string>;
  /** Bare repository on disk. */
  bare: string;
  close(): void;
}

/**
 * A real Git server over HTTP (git http-backend) with one repository, /team/service.git, that holds `server.cjs`.
 * With `account` it wants basic authentication.
 */
export async function startGitServer(options: {
  program: string;
  host?: string;
  account?: { username: string; password: string };
}): Promise<GitServer> {
  const folder = mkdtempSync(join(tmpdir(), "rostrum-git-server-"));
  const work = join(folder, "work");
  const bare = join(folder, "root/team/service.git");
  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], { cwd });
  git(folder, "init", "-q", "-b", "main", work);
  writeFileSync(join(work, "server.cjs"), options.program);
  git(work, "add", ".");
  git(work, "commit", "-q", "-m", "first");
  git(folder, "clone", "-q", "--bare", work, bare);
  git(bare, "update-server-info");

  const wanted =
    options.account &&
    `Basic ${Buffer.from(`${options.account.username}:${options.account.password}`).toString("base64")}`;
  const state: GitServer = {
    port: 0,
    asked: [],
    delayMs: 0,
    redirects: new Map(),
    bare,
    close: () => {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { headers, url = "" } = request;
    const [, encoded] = /^Basic (.+)$/.exec(headers.authorization ?? "") ?? [];
    const user = encoded ? (Buffer.from(encoded, "base64").toString().split(":")[0] ?? "") : null;
    state.asked.push({ url, host: headers.host ?? "", user });
    if (state.delayMs) await sleep(state.delayMs);
    const [path = ""] = url.split("?");
    const to = state.redirects.get(path);
    if (to) return void response.writeHead(302, { location: to }).end();
    if (wanted && headers.authorization !== wanted)
      return void response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    runBackend(join(folder, "root"), request, response);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, options.host ?? "127.0.0.1", resolve));
  state.port = (server.address() as AddressInfo).port;
  if (!existsSync(bare)) throw new Error("the repository was not made");
  return state;
}

/** The Common Gateway Interface of `git http-backend`: headers of the answer, an empty line, its body. */
function runBackend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = "", search = ""] = (request.url ?? "").split("?");
  const backend = spawn("git", ["http-backend"], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: path,
      QUERY_STRING: search,
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const body = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
  body.pipe(backend.stdin);
  backend.stdin.on("error", () => undefined);
  const chunks: Buffer[] = [];
  backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  backend.once("close", () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf("\r\n\r\n");
    let status = 200;
    for (const line of all.subarray(0, end).toString().split("\r\n")) {
      const [name = "", value = ""] = line.split(/:\s*(.*)/);
      if (name === "Status") status = Number.parseInt(value, 10);
      else if (name) response.setHeader(name, value);
    }
    response.writeHead(status).end(all.subarray(end + 4));
  });
}
