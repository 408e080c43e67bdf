import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { getSecretKey, getSecretKeys } from "../config";
import { keyIdOf } from "../crypto";

/** What a seal says: at this time the chain ended with this event. */
export interface SealContent {
  number: bigint;
  at: Date;
  eventSeq: bigint;
  eventHash: string;
  keyId: string;
  /** `hashOfSeal` of the seal before; "" for the first. */
  prevHash: string;
}

export interface Seal extends SealContent {
  mac: string;
}

/** The head of the chain as it is written outside the database. */
export interface HeadContent {
  time: string;
  sequence: number;
  hash: string;
  seal: number;
  sealMac: string;
  keyId: string;
  /** SHA-256 of the line before in the same file; "" for the first. */
  prev: string;
}

export interface Head extends HeadContent {
  mac: string;
}

export type Verdict = "valid" | "forged" | "unknown key";

const macKeys = new WeakMap<Buffer, Buffer>();

/** HKDF-SHA-256 (RFC 5869) of a secret key, so that nothing signed here helps with anything encrypted with that key. */
function macKeyOf(secret: Buffer): Buffer {
  const known = macKeys.get(secret);
  if (known) return known;
  const derived = Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), "rostrum audit seal", 32));
  macKeys.set(secret, derived);
  return derived;
}

const sealText = (seal: SealContent) =>
  [
    "rostrum audit seal v1",
    seal.number,
    seal.at.toISOString(),
    seal.eventSeq,
    seal.eventHash,
    seal.keyId,
    seal.prevHash,
  ].join("\n");

const headText = (head: HeadContent) =>
  [
    "rostrum audit head v1",
    head.time,
    head.sequence,
    head.hash,
    head.seal,
    head.sealMac,
    head.keyId,
    head.prev,
  ].join("\n");

/** Signs with the key in use: HMAC-SHA-256 over the content, in hex. */
export function signSeal(content: Omit<SealContent, "keyId">): Seal {
  const secret = getSecretKey();
  const seal = { ...content, keyId: keyIdOf(secret) };
  return { ...seal, mac: macOf(secret, sealText(seal)) };
}

/** Signs with the key in use, as `signSeal`. */
export function signHead(content: Omit<HeadContent, "keyId">): Head {
  const secret = getSecretKey();
  const head = { ...content, keyId: keyIdOf(secret) };
  return { ...head, mac: macOf(secret, headText(head)) };
}

/** Signs any other text of the audit with the key in use; the text begins with a label of its own. */
export function signAuditText(text: string): { keyId: string; mac: string } {
  const secret = getSecretKey();
  return { keyId: keyIdOf(secret), mac: macOf(secret, text) };
}

/** Whether a text was signed with one of the keys at hand. */
export function judgeAuditText(text: string, signed: { keyId: string; mac: string }): Verdict {
  return judge(signed, text);
}

/** Whether a seal was made with one of the keys at hand. */
export function judgeSeal(seal: Seal): Verdict {
  return judge(seal, sealText(seal));
}

/** Whether a head was made with one of the keys at hand. */
export function judgeHead(head: Head): Verdict {
  return judge(head, headText(head));
}

/** SHA-256 over everything a seal says, its signature too: the next seal signs it and so vouches for this one. */
export function hashOfSeal(seal: Seal): string {
  return sha256(`${sealText(seal)}\n${seal.mac}`);
}

/** In hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function judge(signed: { keyId: string; mac: string }, text: string): Verdict {
  const secret = getSecretKeys().find((one) => keyIdOf(one) === signed.keyId);
  if (!secret) return "unknown key";
  const expected = Buffer.from(macOf(secret, text), "utf8");
  const found = Buffer.from(signed.mac, "utf8");
  return expected.length === found.length && timingSafeEqual(expected, found) ? "valid" : "forged";
}

function macOf(secret: Buffer, text: string): string {
  return createHmac("sha256", macKeyOf(secret)).update(text, "utf8").digest("hex");
}
