import { type IncomingHttpHeaders, request } from "node:http";

/** A Set-Cookie header that a browser accepts for one host over https alone, and that no script can read. */
export const hostOnly =
  /^__Host-[^=]+=(?!.*; ?Domain=)(?=.*; ?Path=\/(;|$))(?=.*; ?HttpOnly)(?=.*; ?Secure)(?=.*; ?SameSite=(Lax|Strict))/i;

export interface Page {
  url: URL;
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The addresses on the way, the first one included. */
  visited: string[];
}

/**
 * A browser as far as cookies go: kept by host name, sent to every port of it, and redirects are followed. Every name
 * leads to this machine.
 */
export class JarBrowser {
  readonly jar = new Map<string, Map<string, string>>();

  /** @param port of this machine that every address leads to; else the address's own */
  constructor(private readonly port?: number) {}

  cookiesFor(host: string): string {
    return [...(this.jar.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async get(address: string, headers: Record<string, string> = {}): Promise<Page> {
    return await this.visit("GET", address, headers);
  }

  async post(address: string, form: Record<string, string>): Promise<Page> {
    return await this.visit("POST", address, {}, new URLSearchParams(form).toString());
  }

  /** Signs in with the form of the sign-in page; answers the error, null when signed in. */
  async signIn(origin: string, provider: string, values: Record<string, string>): Promise<string | null> {
    const { csrfToken } = JSON.parse((await this.get(`${origin}/api/auth/csrf`)).body);
    const form = { ...values, csrfToken, callbackUrl: "/", json: "true" };
    const { url } = JSON.parse((await this.post(`${origin}/api/auth/callback/${provider}`, form)).body);
    return new URL(url, origin).searchParams.get("error");
  }

  private async visit(method: string, address: string, extra: Record<string, string>, body?: string) {
    const visited: string[] = [];
    let url = new URL(address);
    for (let verb = method; visited.length < 20; verb = "GET") {
      visited.push(url.href);
      const page = await this.send(verb, url, extra, verb === "POST" ? body : undefined);
      const { location } = page.headers;
      if (!location || page.status < 300 || page.status > 399) return { ...page, url, visited };
      url = new URL(location, url);
    }
    throw new Error(`Redirected in a circle: ${visited.join(" → ")}`);
  }

  /** One request; what it sets is kept, where it leads is not followed. */
  async send(method: string, url: URL, extra: Record<string, string>, body?: string) {
    const cookie = this.cookiesFor(url.hostname);
    const headers = {
      host: url.host,
      ...(cookie && { cookie }),
      ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
      ...extra,
    };
    const to = { host: "127.0.0.1", port: this.port ?? url.port };
    return await new Promise<Pick<Page, "status" | "headers" | "body">>((done, fail) => {
      const sent = request({ ...to, method, path: url.pathname + url.search, headers }, (answer) => {
        for (const one of answer.headers["set-cookie"] ?? []) this.keep(url.hostname, one);
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        answer.on("end", () => {
          done({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
        });
      });
      sent.on("error", fail);
      sent.end(body);
    });
  }

  private keep(host: string, header: string): void {
    if (/;\s*domain=/i.test(header)) throw new Error(`A cookie names a domain: ${header}`);
    const [pair = ""] = header.split(";");
    const name = pair.slice(0, pair.indexOf("="));
    const value = pair.slice(pair.indexOf("=") + 1);
    const cookies = this.jar.get(host) ?? new Map<string, string>();
    this.jar.set(host, cookies);
    if (value === "" || /max-age=0\b/i.test(header)) cookies.delete(name);
    else cookies.set(name, value);
  }
}
