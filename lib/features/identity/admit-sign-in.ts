import type { AuthOptions } from "next-auth";
import { newId } from "@/lib/kernel/ids";
import { asksPublicHost, clientAddress } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { consumeRateLimit, RateLimitedError } from "@/lib/platform/http/rate-limit";
import { authOptionsFor } from "./auth-options";

const rateLimit = { points: 120, perSeconds: 60 };
const maxBodyBytes = 16 * 1024;

/** A request to /api/auth/* as next-auth gets it. */
export interface AdmittedSignIn {
  /** What was sent, as text alone; null for what has no body. */
  form: Record<string, string> | null;
  options: AuthOptions;
  /** Set-Cookie headers for the answer, beside next-auth's own; filled while it answers. */
  setCookies: string[];
}

/** What comes before next-auth: limits, and the one host that has cookies. Answers the refusal where there is one. */
export async function admitSignIn(request: Request): Promise<AdmittedSignIn | Response> {
  const ip = clientAddress(request.headers);
  try {
    await consumeRateLimit("sign-in", ip, rateLimit);
  } catch (error) {
    if (!(error instanceof RateLimitedError)) throw error;
    return refused(429, error.message, { "retry-after": String(error.retryAfterSeconds) });
  }
  // Every answer here sets cookies, and cookies are set at one host alone.
  if (!asksPublicHost(request.headers)) return refused(421, `Sign in at ${getConfig().publicUrl}.`);
  const form = request.method === "POST" ? await readForm(request) : null;
  if (form === "too large") return refused(413, "The request body is too large.");
  const setCookies: string[] = [];
  const options = authOptionsFor({
    ip,
    userAgent: request.headers.get("user-agent") ?? "",
    requestId: newId("http"),
    headers: request.headers,
    cookies: request.headers.get("cookie"),
    setCookies,
  });
  return { form, options, setCookies };
}

function refused(status: number, error: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error }, { status, headers: { ...headers, "cache-control": "no-store" } });
}

/** The fields of a form. A field that is no text is left out, as if it had not been sent. */
async function readForm(request: Request): Promise<Record<string, string> | "too large"> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBodyBytes) return "too large";
  const text = await request.text();
  if (text.length > maxBodyBytes) return "too large";
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
