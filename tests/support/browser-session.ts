import { createDemoLink, openDemoLink } from "@/lib/features/identity";
import { cliActor } from "@/lib/platform/auth";
import { handleAuthRequest } from "./auth-route";

type Send = (request: Request, action: string[]) => Promise<Response>;

/** As much of a browser as signing in needs: cookies, redirects, forms. Talks to the handler without Next, or by `send`. */
export class BrowserSession {
  readonly cookies = new Map<string, string>();

  constructor(
    readonly origin = "http://localhost:3000",
    public ip = "203.0.113.7",
    private readonly send: Send = handleAuthRequest,
  ) {}

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Calls /api/auth/<path>. */
  async auth(path: string, form?: Record<string, string>): Promise<Response> {
    const url = new URL(`/api/auth/${path}`, this.origin);
    const request = new Request(url, {
      method: form ? "POST" : "GET",
      redirect: "manual",
      headers: {
        host: url.host,
        cookie: this.cookieHeader,
        "x-forwarded-for": this.ip,
        "user-agent": "test browser",
        ...(form && { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(form && { body: new URLSearchParams(form) }),
    });
    const action = url.pathname.replace("/api/auth/", "").split("/");
    const response = await this.send(request, action);
    this.keep(response.headers.getSetCookie());
    return response;
  }

  /** Opens a demo link, a new one unless given; answers where it leads. */
  async openDemoLink(given?: string): Promise<string | null> {
    const token = given ?? (await createDemoLink(cliActor()));
    const url = new URL(`/demo/${token}`, this.origin);
    const headers = { host: url.host, cookie: this.cookieHeader, "x-forwarded-for": this.ip };
    const response = await openDemoLink(new Request(url, { headers }), token);
    this.keep(response.headers.getSetCookie());
    return response.headers.get("location");
  }

  keep(cookies: string[]): void {
    for (const cookie of cookies) {
      const [pair = ""] = cookie.split(";");
      const name = pair.slice(0, pair.indexOf("="));
      const value = pair.slice(pair.indexOf("=") + 1);
      const over = /max-age=0/i.test(cookie) || /expires=thu, 01 jan 1970/i.test(cookie) || value === "";
      if (over) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  async csrfToken(): Promise<string> {
    const { csrfToken } = (await (await this.auth("csrf")).json()) as { csrfToken: string };
    return csrfToken;
  }

  /** Signs in as the sign-in page does; answers the error, null when signed in. */
  async signIn(provider: string, values: Record<string, string>): Promise<string | null> {
    const csrfToken = await this.csrfToken();
    const response = await this.auth(`callback/${provider}`, {
      ...values,
      csrfToken,
      callbackUrl: "/",
      json: "true",
    });
    const { url } = (await response.json()) as { url: string };
    return new URL(url, this.origin).searchParams.get("error");
  }

  async signOut(): Promise<void> {
    await this.auth("signout", { csrfToken: await this.csrfToken(), callbackUrl: "/sign-in", json: "true" });
  }
}
