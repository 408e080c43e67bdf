import { execFileSync } from "node:child_process";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";

export interface GitServer {
  port: number;
  address: string;
  /** How often anything was asked of it. */
  readonly hits: number;
  close(): Promise<void>;
}

/** A repository of files and links on the plainest of web servers, on loopback. */
export async function serveGit(content: {
  files?: Record<string, string>;
  links?: Record<string, string>;
}): Promise<GitServer> {
  const folder = mkdtempSync(join(tmpdir(), "hostilegit-"));
  const work = join(folder, "work");
  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
      cwd,
      stdio: "pipe",
      env: { PATH: process.env.PATH, HOME: folder } as unknown as NodeJS.ProcessEnv,
    });
  git(folder, "init", "-q", "-b", "main", work);
  for (const [path, text] of Object.entries({ "readme.txt": "a repository", ...content.files })) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  }
  // By Git's own index, so that a link may point to what only others can see.
  for (const [path, target] of Object.entries(content.links ?? {})) {
    const blob = execFileSync("git", ["hash-object", "-w", "--stdin"], {
      cwd: work,
      input: target,
      encoding: "utf8",
    });
    git(work, "update-index", "--add", "--cacheinfo", `120000,${blob.trim()},${path}`);
  }
  git(work, "add", ...Object.keys({ "readme.txt": "", ...content.files }));
  git(work, "commit", "-q", "-m", "all");
  git(folder, "clone", "-q", "--bare", work, join(folder, "bare.git"));
  git(join(folder, "bare.git"), "update-server-info");
  let hits = 0;
  const server = createServer((request, response) => {
    hits += 1;
    const file = join(folder, normalize(new URL(request.url ?? "/", "http://x").pathname));
    if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    createReadStream(file).pipe(response.writeHead(200, { "content-type": "text/plain" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    address: `http://127.0.0.1:${port}/bare.git`,
    get hits() {
      return hits;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
