import { createHmac } from "node:crypto";
import { hostCookie, readCookie, setCookieHeader } from "@/lib/platform/auth";
import { openSessionCookie } from "@/lib/platform/auth/session-cookie";
import { getAuthSecret } from "@/lib/platform/config";
import { equalConstantTime, randomToken } from "@/lib/platform/crypto";
import { type Account, findAccount, hasLiveSession, hasSignedInFrom } from "./store";

/**
 * Device cookies, as OWASP describes them against locking people out of their own accounts ("Slow Down Online Guessing
 * Attacks with Device Cookies"): a browser that has signed in with a password keeps a proof of it. The proof opens
 * nothing; it only lets the browser's attempts be counted apart from those of strangers. It ends after 90 days and
 * with the password it was made with.
 */
const maxAgeSeconds = 90 * 24 * 3_600;
/** People who share a browser. */
const maxAccounts = 5;
/** Days after which an address is strange again. */
const addressDays = 30;

/** `__Host-` binds the cookie to exactly this host where https makes that possible. */
export function deviceCookieName(): string {
  return hostCookie("rostrum.device").name;
}

/**
 * What of a request proves that its browser belongs to the account: a device cookie or a living session; null for none.
 * @param cookies the Cookie header
 */
export async function findProof(account: Account | null, cookies: string | null): Promise<string | null> {
  const nonces = account ? proofs(cookies).map((proof) => nonceOf(proof, account)) : [];
  const device = nonces.find((nonce) => nonce !== null);
  if (device) return `device ${device}`;
  const sessionId = await openSessionCookie(cookies);
  if (sessionId === null) return null;
  return (await hasLiveSession(account?.id ?? "", sessionId)) ? `session ${sessionId}` : null;
}

/** Whether the account was signed in to from the address lately. The same work is done for an account that is not there. */
export async function isKnownAddress(account: Account | null, ip: string): Promise<boolean> {
  return await hasSignedInFrom(account?.id ?? "", ip, addressDays);
}

/**
 * The Set-Cookie header that lets a browser be known for the person who has just signed in with it, beside the people it
 * was known for before.
 */
export async function rememberBrowser(userId: string, cookies: string | null): Promise<string> {
  const account = (await findAccount(userId)) ?? { id: userId, hash: null };
  const others = proofs(cookies).filter((proof) => nonceOf(proof, account) === null);
  const nonce = randomToken(16);
  const issued = Math.floor(Date.now() / 1000).toString(36);
  const mine = `${nonce}.${issued}.${macOf(account, nonce, issued)}`;
  const value = [mine, ...others].slice(0, maxAccounts).join("~");
  return setCookieHeader(hostCookie("rostrum.device", maxAgeSeconds), value);
}

function proofs(cookies: string | null): string[] {
  return (readCookie(cookies, deviceCookieName()) ?? "").split("~").filter(Boolean).slice(0, maxAccounts);
}

/** The proof's name if it was made for this account and password and is not too old. */
function nonceOf(proof: string, account: Account): string | null {
  const [nonce = "", issued = "", mac = ""] = proof.split(".");
  const ageSeconds = Date.now() / 1000 - Number.parseInt(issued, 36);
  if (!(ageSeconds < maxAgeSeconds)) return null;
  return equalConstantTime(mac, macOf(account, nonce, issued)) ? nonce : null;
}

function macOf({ id, hash }: Account, nonce: string, issued: string): string {
  const content = ["rostrum device", id, nonce, issued, hash ?? ""].join("\n");
  return createHmac("sha256", getAuthSecret()).update(content, "utf8").digest("base64url");
}
