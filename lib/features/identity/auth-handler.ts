import * as nextAuth from "next-auth/next";
import { newId } from "@/lib/kernel/ids";
import { asksPublicHost, clientAddress, requestOrigin } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { consumeRateLimit, RateLimitedError } from "@/lib/platform/http/rate-limit";
import { authOptionsFor } from "./auth-options";

const rateLimit = { points: 120, perSeconds: 60 };
const maxBodyBytes = 16 * 1024;

type PagesHandler = (request: object, response: object, options: object) => Promise<unknown>;

// A CommonJS default: Node's ESM hands over the module, bundlers the function in it.
const imported = nextAuth.default as unknown;
const handler = (
  typeof imported === "function" ? imported : (imported as { default: unknown }).default
) as PagesHandler;

/**
 * Answers /api/auth/*. next-auth is called in its Node form with plain objects, because its form for route handlers
 * reads Next's ambient request: so this runs, and is tested, outside Next as well.
 */
export async function handleAuthRequest(request: Request, action: readonly string[]): Promise<Response> {
  const ip = clientAddress(request.headers);
  try {
    await consumeRateLimit("sign-in", ip, rateLimit);
  } catch (error) {
    if (!(error instanceof RateLimitedError)) throw error;
    const headers = { "retry-after": String(error.retryAfterSeconds), "cache-control": "no-store" };
    return Response.json({ error: error.message }, { status: 429, headers });
  }
  if (!asksPublicHost(request.headers)) {
    // Every answer here sets cookies, and cookies are set at one host alone.
    const error = `Sign in at ${getConfig().publicUrl}.`;
    return Response.json({ error }, { status: 421, headers: { "cache-control": "no-store" } });
  }
  const body = await readForm(request);
  if (body === null) return Response.json({ error: "The request body is too large." }, { status: 413 });
  const origin = new URL(requestOrigin(request.headers));
  // The origin is ours to say, never the Host header's: next-auth builds its links from these two.
  delete process.env.NEXTAUTH_URL;
  process.env.AUTH_TRUST_HOST = "true";
  const headers = {
    ...Object.fromEntries(request.headers),
    host: origin.host,
    "x-forwarded-host": origin.host,
    "x-forwarded-proto": origin.protocol.replace(":", ""),
  };
  const collected = new NodeResponse();
  const setCookies: string[] = [];
  await handler(
    {
      method: request.method,
      headers,
      body,
      cookies: parseCookies(request.headers.get("cookie")),
      query: { ...Object.fromEntries(new URL(request.url).searchParams), nextauth: [...action] },
    },
    collected,
    authOptionsFor({
      ip,
      userAgent: request.headers.get("user-agent") ?? "",
      requestId: newId("http"),
      headers: request.headers,
      cookies: request.headers.get("cookie"),
      setCookies,
    }),
  );
  const response = collected.toResponse();
  for (const cookie of setCookies) response.headers.append("set-cookie", cookie);
  return response;
}

/** The fields of a form; null when it is too large. A field that is no text is left out, as if it had not been sent. */
async function readForm(request: Request): Promise<Record<string, string> | null> {
  if (request.method !== "POST") return {};
  if (Number(request.headers.get("content-length") ?? 0) > maxBodyBytes) return null;
  const text = await request.text();
  if (text.length > maxBodyBytes) return null;
  if ((request.headers.get("content-type") ?? "").includes("json")) {
    try {
      const value: unknown = JSON.parse(text || "{}");
      return textFields(value);
    } catch {
      // Not a form of ours: next-auth answers that the CSRF token is missing.
      return {};
    }
  }
  return Object.fromEntries(new URLSearchParams(text));
}

function textFields(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((field): field is [string, string] => typeof field[1] === "string"),
  );
}

function parseCookies(header: string | null): Record<string, string> {
  const out: Record<string, string> = {};
  for (const part of (header ?? "").split(";")) {
    const index = part.indexOf("=");
    if (index <= 0) continue;
    const value = part.slice(index + 1).trim();
    try {
      out[part.slice(0, index).trim()] = decodeURIComponent(value);
    } catch {
      // A cookie of somebody else that is not URL-encoded.
      out[part.slice(0, index).trim()] = value;
    }
  }
  return out;
}

/** As much of Node's response as next-auth writes to. */
class NodeResponse {
  private code = 200;
  private readonly headers = new Map<string, string | readonly string[]>();
  private body: string | null = null;

  status(code: number): this {
    this.code = code;
    return this;
  }
  getHeader(name: string): string | readonly string[] | undefined {
    return this.headers.get(name.toLowerCase());
  }
  setHeader(name: string, value: string | readonly string[]): this {
    this.headers.set(name.toLowerCase(), value);
    return this;
  }
  json(value: unknown): void {
    this.setHeader("content-type", "application/json");
    this.body = JSON.stringify(value);
  }
  send(value: unknown): void {
    if (typeof value === "object" && value !== null) this.json(value);
    else this.body = value === undefined ? null : String(value);
  }
  end(): void {
    this.body ??= null;
  }

  toResponse(): Response {
    const headers = new Headers({ "cache-control": "no-store" });
    for (const [name, value] of this.headers) {
      if (typeof value === "string") headers.set(name, value);
      else for (const one of value) headers.append(name, one);
    }
    return new Response(this.body, { status: this.code, headers });
  }
}
