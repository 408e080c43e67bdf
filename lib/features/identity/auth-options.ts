import type { AuthOptions } from "next-auth";
import { hostCookie, sessionMaxAgeSeconds, usesSecureCookies } from "@/lib/platform/auth";
import { decodeSessionToken } from "@/lib/platform/auth/session-cookie";
import { getAuthSecret, getConfig } from "@/lib/platform/config";
import { moduleLog } from "@/lib/platform/log";
import { listDemoUsers } from "./demo-users";
import { rememberBrowser } from "./device";
import { findOrCreateOidcPerson, type OidcProfile } from "./oidc";
import {
  checkPassword,
  closeSession,
  openSession,
  PasswordEndedError,
  type Person,
  recordRefusedSignIn,
  type SignInFacts,
} from "./people";
import { findSessionUser } from "./store";
import { SignInThrottledError } from "./throttle";

type Provider = AuthOptions["providers"][number];

/** How long someone may take at the sign-in page of a provider. */
const providerSeconds = 15 * 60;

export interface AuthFacts extends SignInFacts {
  /** Of the request, as they were sent. */
  headers: Headers;
  /** Set-Cookie headers for the answer, beside next-auth's own. */
  setCookies: string[];
}

/**
 * next-auth for one request. The cookie is a JWT (encrypted by next-auth) that carries only the id of our session row;
 * whether that row still counts is asked with every request.
 */
export function authOptionsFor(facts: AuthFacts): AuthOptions {
  return {
    secret: getAuthSecret(),
    session: { strategy: "jwt", maxAge: sessionMaxAgeSeconds },
    jwt: { decode: decodeSessionToken },
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/sign-in" },
    useSecureCookies: usesSecureCookies(),
    cookies: {
      sessionToken: hostCookie("rostrum.session"),
      csrfToken: hostCookie("next-auth.csrf-token"),
      callbackUrl: hostCookie("next-auth.callback-url"),
      pkceCodeVerifier: hostCookie("next-auth.pkce.code_verifier", providerSeconds),
      state: hostCookie("next-auth.state", providerSeconds),
      nonce: hostCookie("next-auth.nonce", providerSeconds),
    },
    providers: [localProvider(facts), demoProvider(facts), ...oidcProviders()],
    callbacks: callbacksFor(facts),
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sid === "string") await closeSession(token.sid, facts);
      },
    },
    logger: {
      error: (code, metadata) => moduleLog("auth").warn({ code, detail: String(metadata) }, "next-auth"),
      warn: (code) => moduleLog("auth").debug({ code }, "next-auth"),
      debug: () => undefined,
    },
  };
}

// Providers are written out as plain objects: next-auth's own factories are CommonJS defaults, which Node's ESM, esbuild
// and Next import differently.
function localProvider(facts: AuthFacts): Provider {
  return {
    id: "credentials",
    name: "Email and password",
    type: "credentials",
    credentials: { email: { type: "email" }, password: { type: "password" } },
    authorize: async (given: Record<string, string> | undefined) => {
      try {
        const person = await checkPassword(given?.email ?? "", given?.password ?? "", facts);
        if (person) facts.setCookies.push(await rememberBrowser(person.id, facts.cookies ?? null));
        return person;
      } catch (error) {
        if (error instanceof SignInThrottledError) throw new Error(`Throttled-${error.waitSeconds}`);
        if (error instanceof PasswordEndedError) throw new Error("PasswordEnded");
        moduleLog("auth").error({ err: error }, "couldn't verify a sign-in");
        throw new Error("Unavailable");
      }
    },
  } as unknown as Provider;
}

function demoProvider(facts: AuthFacts): Provider {
  return {
    id: "demo",
    name: "Demo",
    type: "credentials",
    credentials: { role: { type: "text" } },
    authorize: async (given: Record<string, string> | undefined) => {
      const users = await listDemoUsers(facts.headers);
      const user = users.find((one) => one.role === given?.role);
      if (user) return user;
      const why = users.length > 0 ? "no such demo user" : "no demo link opened in this browser";
      await recordRefusedSignIn("demo", given?.role ?? "", why, facts);
      return null;
    },
  } as unknown as Provider;
}

function oidcProviders(): Provider[] {
  const { oidc } = getConfig();
  if (!oidc) return [];
  return [
    {
      id: "oidc",
      name: oidc.name,
      type: "oauth",
      wellKnown: `${oidc.issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`,
      issuer: oidc.issuer,
      clientId: oidc.clientId,
      clientSecret: oidc.clientSecret,
      authorization: { params: { scope: "openid email profile" } },
      idToken: true,
      // Many providers put e-mail and name only into the answer of the userinfo endpoint.
      userinfo: { request: userinfoOf },
      checks: ["pkce", "state", "nonce"],
      profile: (profile: OidcProfile) => ({ ...profile, id: profile.sub, email: profile.email ?? null }),
    } as unknown as Provider,
  ];
}

interface UserinfoContext {
  tokens: { claims?: () => OidcProfile };
  client: { userinfo(tokens: unknown): Promise<OidcProfile> };
}

async function userinfoOf({ tokens, client }: UserinfoContext): Promise<OidcProfile> {
  const claims = tokens.claims?.();
  const info = await client.userinfo(tokens);
  return { ...claims, ...info };
}

function callbacksFor(facts: SignInFacts): NonNullable<AuthOptions["callbacks"]> {
  return {
    signIn: async ({ user, account, profile }) => {
      if (account?.provider !== "oidc") return true;
      const result = await findOrCreateOidcPerson({
        ...(profile as OidcProfile | undefined),
        sub: account.providerAccountId,
      });
      if ("refused" in result) {
        await recordRefusedSignIn("oidc", account.providerAccountId, result.refused, facts);
        return `/sign-in?error=${result.refused}`;
      }
      Object.assign(user, { id: result.person.id, name: result.person.name, email: result.person.email });
      return true;
    },
    // The token carries the session's id and nothing else about the person.
    jwt: async ({ token, user, account }) => {
      if (!user) return { sid: token.sid };
      // Without a session the token names none: it signs no one in.
      const sid = await openSession(user as Person, account?.provider ?? "unknown", facts);
      return sid === null ? {} : { sid };
    },
    session: async ({ token, session }) => {
      const person = await findSessionUser(typeof token.sid === "string" ? token.sid : "");
      return { user: person ?? {}, expires: session.expires } as typeof session;
    },
    redirect: ({ url, baseUrl }) => {
      if (/^\/(?![/\\])/.test(url)) return `${baseUrl}${url}`;
      return URL.canParse(url) && new URL(url).origin === baseUrl ? url : baseUrl;
    },
  };
}
