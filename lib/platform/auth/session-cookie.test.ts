import { encode } from "next-auth/jwt";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { getAuthSecret, resetConfig } from "../config";
import { openSessionCookie, sessionCookieName } from "./session-cookie";

async function cookieFor(sid: string, maxAge: number): Promise<string> {
  const token = await encode({ token: { sid }, secret: getAuthSecret(), maxAge });
  return `theme=dark; ${sessionCookieName()}=${token}`;
}

function useKey(byte: number): void {
  vi.stubEnv("ROSTRUM_KEY", Buffer.alloc(32, byte).toString("base64"));
  resetConfig();
}

beforeEach(() => useKey(1));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  resetConfig();
});

it("says the same each time a cookie is opened, and nothing for another", async () => {
  const [one, two] = [await cookieFor("ses_1", 60), await cookieFor("ses_2", 60)];
  expect([await openSessionCookie(one), await openSessionCookie(one)]).toEqual(["ses_1", "ses_1"]);
  expect(await openSessionCookie(two)).toBe("ses_2");
  // The first character of the seal: in its last one four bits count for nothing.
  const altered = one.replace(/\.(.)([^.]*)$/, (_, first, rest) => `.${first === "A" ? "B" : "A"}${rest}`);
  expect(await openSessionCookie(altered)).toBeNull();
});

it("opens no cookie after its end, although it was opened before", async () => {
  const cookie = await cookieFor("ses_3", 60);
  expect(await openSessionCookie(cookie)).toBe("ses_3");
  vi.useFakeTimers({ now: Date.now() + 10 * 60_000, toFake: ["Date"] });
  expect(await openSessionCookie(cookie)).toBeNull();
});

it("opens no cookie of another key, although it was opened before", async () => {
  const cookie = await cookieFor("ses_4", 60);
  expect(await openSessionCookie(cookie)).toBe("ses_4");
  useKey(2);
  expect(await openSessionCookie(cookie)).toBeNull();
});
