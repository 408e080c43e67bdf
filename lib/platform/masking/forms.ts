import { joinProtected } from "@/lib/kernel/placeholders";
import { isSecretName } from "../crypto/redact";

/** Shorter values stand in ordinary text too often: to mask "1" or "admin" would destroy every log. */
export const minSecretLength = 6;
/** A form longer than this is looked for piece by piece, which bounds what a stream holds back. */
const pieceLength = 512;
/** A word of a document (a kubeconfig, a key file) this long is secret by itself, whatever stands around it. */
const minWordLength = 16;
/** Values that a document or a set of credentials may say under these names are no secrets. */
const openName =
  /^(user(name)?|email|region|zone|host(name)?|server|endpoint|port|project|domain|tenant|context|namespace)/i;
/** What makes a name like "userPassword" or "hostKey" one of a secret all the same. */
const closedName = /pass|pwd|secret|token|key|auth|credential/i;
/** Frame of a key file: stands in every one. */
const armorLine = /^-{4,5} ?(BEGIN|END) [A-Z0-9 ]+ ?-{4,5}$/;

/** A text to look for. `encoded`: it stands in base64, whose neighboring characters carry bits of it too. */
export interface Needle {
  text: string;
  encoded: boolean;
}

/**
 * Texts in a value that are secret: the value, its parts where it is a list, an object, a document of several lines or
 * JSON, and the passwords of addresses in it. Those under `minSecretLength` are left out.
 */
export function secretTexts(value: unknown): string[] {
  const texts = new Set<string>();
  collect(value, texts, 0);
  return [...texts].filter((text) => text.length >= minSecretLength);
}

function collect(value: unknown, texts: Set<string>, depth: number): void {
  if (depth > 8 || value === null || typeof value === "boolean") return;
  if (typeof value === "number" || typeof value === "bigint") texts.add(String(value));
  else if (typeof value === "string") collectText(value, texts, depth);
  else if (Array.isArray(value)) for (const item of value) collect(item, texts, depth + 1);
  else if (typeof value === "object") {
    for (const [name, item] of Object.entries(value)) {
      if (typeof item === "string" && isOpenName(name)) collectAddresses(item, texts);
      else collect(item, texts, depth + 1);
    }
  }
}

function collectText(text: string, texts: Set<string>, depth: number): void {
  texts.add(text);
  texts.add(text.trim());
  collectAddresses(text, texts);
  if (/^\s*[[{]/.test(text)) {
    try {
      collect(JSON.parse(text), texts, depth + 1);
      return;
    } catch {
      // It only begins like JSON: taken as the text it is.
    }
  }
  const lines = text.trim().split(/\r\n|\n|\r/);
  if (lines.length < 2) return;
  for (const [index, line] of lines.entries()) {
    // Programs and logs print it line by line.
    if (!isFrame(line.trim(), lines[index + 1])) texts.add(line.trim());
    const [, name = "", said = ""] =
      /^[\s-]*["']?([\w.-]+)["']?\s*[:=]\s*["']?(.*?)["']?,?\s*$/.exec(line) ?? [];
    if (isSecretName(name)) texts.add(said);
    for (const word of line.split(/[\s"',]+/)) if (word.length >= minWordLength) texts.add(word);
  }
}

function isOpenName(name: string): boolean {
  return openName.test(name) && !closedName.test(name);
}

/** Whether a line of a document says nothing by itself: the frame of a key, a name above what is indented, brackets. */
function isFrame(line: string, next = ""): boolean {
  if (armorLine.test(line) || !/[\p{L}\p{N}]/u.test(line)) return true;
  return /^(- )?["']?[\w.-]+["']?:$/.test(line) && /^(\s+|- )\S/.test(next);
}

/** Passwords of addresses (`scheme://user:password@host`) and secret parameters of their queries. */
function collectAddresses(text: string, texts: Set<string>): void {
  for (const [, user = "", password = ""] of text.matchAll(
    /[a-z][a-z0-9+.-]*:\/\/([^\s:/@?#]*):([^\s/?#]+)@/gi,
  )) {
    // Local defaults such as postgres:postgres@ guard nothing, and their word stands everywhere.
    if (password !== user) for (const form of [password, decoded(password)]) texts.add(form);
  }
  for (const [, name = "", said = ""] of text.matchAll(/[?&]([\w.-]+)=([^&\s#]+)/g)) {
    if (isSecretName(name)) for (const form of [said, decoded(said)]) texts.add(form);
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the address keeps it as it is.
    return text;
  }
}

/** Everything a secret text may look like in an output, in pieces no longer than a stream holds back. */
export function needlesOf(secret: string): Needle[] {
  // As it stands in the text of a process whose placeholders are not filled in yet.
  const stored = joinProtected([{ text: secret, isValue: true }]);
  const plain = new Set([secret, stored, ...encodings(secret)]);
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = new Set(
    [secret, ...(json === secret ? [] : [json])].flatMap((text) => base64Forms(Buffer.from(text, "utf8"))),
  );
  for (const form of twiceEncoded(secret)) base64.add(form);
  for (const form of [...base64]) for (const carried of carriedForms(form)) base64.add(carried);
  const whole = [
    ...[...plain].map((text) => ({ text, encoded: false })),
    ...[...base64].map((text) => ({ text, encoded: true })),
  ];
  return whole.filter(({ text }) => text.length >= minSecretLength).flatMap(pieces);
}

/** Base64 of base64, as a sealed file in a configuration has it. */
function twiceEncoded(secret: string): string[] {
  const inner = Buffer.from(secret, "utf8").toString("base64").replace(/=+$/, "");
  return base64Forms(Buffer.from(inner, "utf8"));
}

/** Base64 in a URL, or in JSON that escapes slashes. */
function carriedForms(form: string): string[] {
  if (!/[+/]/.test(form)) return [];
  const url = form.replaceAll("+", "%2B").replaceAll("/", "%2F");
  return [url, url.replace(/%2[BF]/g, (code) => code.toLowerCase()), form.replaceAll("/", "\\/")];
}

function pieces({ text, encoded }: Needle): Needle[] {
  const found: Needle[] = [];
  for (let start = 0; start < text.length; start += pieceLength) {
    // The last piece is as long as the others, so that it is no ordinary word.
    const from = Math.max(0, Math.min(start, text.length - pieceLength));
    found.push({ text: text.slice(from, from + pieceLength), encoded });
  }
  return found;
}

function encodings(secret: string): string[] {
  const json = jsonForms(secret);
  return [
    ...urlForms(secret),
    ...json,
    ...json.flatMap(jsonForms),
    ...shellForms(secret),
    ...markupForms(secret),
    ...hexForms(secret),
  ];
}

function urlForms(secret: string): string[] {
  // Half of a surrogate pair cannot be encoded.
  const wellFormed = Buffer.from(secret).toString();
  const component = encodeURIComponent(wellFormed);
  const strict = component.replace(/[!'()*]/g, percent);
  const forms = [
    component,
    strict,
    strict.replaceAll("%20", "+"),
    strict.replaceAll("%2F", "/"),
    encodeURI(wellFormed),
    component.replaceAll("%20", "+"),
  ];
  // Once more, as a link inside a link has it.
  const twice = [component, strict, ...forms.filter((form) => form.includes("+"))].map(encodeURIComponent);
  return [...forms, ...twice].flatMap((form) => [
    form,
    form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    form.replace(/%25[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ]);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function jsonForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const unicode = (text: string, characters: RegExp) =>
    text.replace(characters, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const ascii = unicode(json, /[\u007f-\uffff]/g);
  const forms = [
    json,
    json.replaceAll("/", "\\/"),
    ascii,
    ascii.replaceAll("/", "\\/"),
    unicode(json, /[<>&]/g),
  ];
  return [...forms, unicode(json, /[<>&'"=+]/g)];
}

function shellForms(secret: string): string[] {
  return [
    secret.replaceAll("'", "'\\''"),
    secret.replaceAll("'", `'"'"'`),
    secret.replaceAll("'", "\\'"),
    secret.replace(/["$`\\]/g, "\\$&"),
    secret.replace(/["$`\\!]/g, "\\$&"),
    secret.replace(/[^A-Za-z0-9_\-+=:.,/@%\n]/g, "\\$&"),
    secret.replace(/[^A-Za-z0-9_\-.,/@:\n]/g, "\\$&"),
    secret.replace(/[^A-Za-z0-9_\-.,/@:+=%^~\n]/g, "\\$&"),
    secret.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n"),
  ];
}

function markupForms(secret: string): string[] {
  const basic = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quoted = basic.replaceAll('"', "&quot;");
  return [basic, quoted, ...["&#39;", "&#x27;", "&apos;"].map((form) => quoted.replaceAll("'", form))];
}

function hexForms(secret: string): string[] {
  const hex = Buffer.from(secret, "utf8").toString("hex");
  return [hex, hex.toUpperCase()];
}

/**
 * The characters of base64 that a secret alone decides, wherever in three bytes it begins: also inside the encoded
 * "user:password" of a header. The character at either end that it decides in part is masked with its neighbor's match.
 */
function base64Forms(bytes: Buffer): string[] {
  const forms = [bytes.toString("base64").replace(/=+$/, "")];
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes, Buffer.alloc(2)]).toString("base64");
    forms.push(encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6)));
  }
  return forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}
