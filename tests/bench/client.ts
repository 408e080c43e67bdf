import http from "node:http";
import { performance } from "node:perf_hooks";

/** A signed-in person on one connection that stays open, as a browser's does. */
export class Visitor {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  private readonly cookies = new Map<string, string>();

  constructor(private readonly origin: string) {}

  /** One click on the sign-in page, in a browser with the cookie of a demo link. @throws Error when it is refused */
  static async signIn(origin: string, role: string, demo: { name: string; value: string }): Promise<Visitor> {
    const visitor = new Visitor(origin);
    visitor.cookies.set(demo.name, demo.value);
    const { csrfToken } = JSON.parse((await visitor.get("/api/auth/csrf")).body) as { csrfToken: string };
    const form = new URLSearchParams({ role, csrfToken, callbackUrl: "/", json: "true" }).toString();
    const answer = await visitor.send("POST", "/api/auth/callback/demo", form);
    if (!visitor.cookies.has("rostrum.session")) {
      throw new Error(`No one could sign in as ${role}: ${answer.status} ${answer.body.slice(0, 300)}`);
    }
    return visitor;
  }

  /** The same person on another connection. */
  twin(): Visitor {
    const visitor = new Visitor(this.origin);
    for (const [name, value] of this.cookies) visitor.cookies.set(name, value);
    return visitor;
  }

  async get(path: string): Promise<Answer> {
    return await this.send("GET", path);
  }

  /** Milliseconds until the whole body was read. @throws Error for any other status than 200 */
  async time(path: string): Promise<{ ms: number; bytes: number }> {
    const startedMs = performance.now();
    const answer = await this.send("GET", path);
    const ms = performance.now() - startedMs;
    if (answer.status !== 200)
      throw new Error(`${path} answers ${answer.status}: ${answer.body.slice(0, 300)}`);
    return { ms, bytes: answer.body.length };
  }

  async json<T>(path: string): Promise<T> {
    const answer = await this.get(`/api/v1${path}`);
    if (answer.status !== 200)
      throw new Error(`${path} answers ${answer.status}: ${answer.body.slice(0, 300)}`);
    return JSON.parse(answer.body) as T;
  }

  close(): void {
    this.agent.destroy();
  }

  private async send(method: string, path: string, form?: string): Promise<Answer> {
    const headers: http.OutgoingHttpHeaders = {
      cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      ...(form !== undefined && {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": Buffer.byteLength(form),
      }),
    };
    return await new Promise((done, fail) => {
      const request = http.request(this.origin + path, { method, headers, agent: this.agent }, (response) => {
        for (const cookie of response.headers["set-cookie"] ?? []) this.keep(cookie);
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          body += chunk;
        });
        response.on("end", () => done({ status: response.statusCode ?? 0, body }));
        response.on("error", fail);
      });
      request.setTimeout(60_000, () => request.destroy(new Error(`${path} did not answer within a minute`)));
      request.on("error", fail);
      request.end(form);
    });
  }

  private keep(cookie: string): void {
    const pair = cookie.split(";")[0] ?? "";
    this.cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
  }
}

interface Answer {
  status: number;
  body: string;
}
