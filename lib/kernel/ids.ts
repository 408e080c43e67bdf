import { randomBytes } from "node:crypto";

/** Every kind of id and its prefix, so that an id in a log line says what it names. */
export const idPrefixes = {
  user: "usr",
  session: "ses",
  token: "tok",
  demoLink: "dml",
  project: "prj",
  gitCredential: "gcr",
  costCenter: "cc",
  template: "tpl",
  templateVersion: "tv",
  cloud: "cld",
  environment: "env",
  resource: "res",
  request: "req",
  plan: "pln",
  approval: "apr",
  reservation: "rsv",
  run: "run",
  step: "stp",
  incident: "inc",
  backup: "bak",
  priceBook: "pb",
  price: "prc",
  usage: "use",
  charge: "chg",
  audit: "aud",
  notification: "ntf",
  message: "msg",
  webhook: "whk",
  upload: "upl",
  worker: "wrk",
  statement: "stm",
  http: "http",
} as const;

export type IdKind = keyof typeof idPrefixes;

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
let lastMs = 0;
let sequence = 0;

/**
 * A new id: prefix, 9 characters of time in milliseconds, 2 of a counter within the millisecond and
 * 9 random ones (45 bits), all lower-case Crockford base 32. Ids of one process sort by creation.
 */
export function newId(kind: IdKind): string {
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = 0;
  } else {
    sequence += 1;
    if (sequence >= 1024) {
      lastMs += 1;
      sequence = 0;
    }
  }
  return `${idPrefixes[kind]}_${encode(lastMs, 9)}${encode(sequence, 2)}${randomPart(9)}`;
}

/** Whether a text has the form of an id of this kind. */
export function isIdOf(kind: IdKind, text: string): boolean {
  const [prefix, rest = "", ...more] = text.split("_");
  return prefix === idPrefixes[kind] && more.length === 0 && /^[0-9a-hjkmnp-tv-z]{20}$/.test(rest);
}

function encode(value: number, length: number): string {
  let rest = value;
  let out = "";
  for (let index = 0; index < length; index += 1) {
    out = alphabet.charAt(rest % 32) + out;
    rest = Math.floor(rest / 32);
  }
  return out;
}

function randomPart(length: number): string {
  let out = "";
  for (const byte of randomBytes(length)) out += alphabet.charAt(byte & 31);
  return out;
}
