import { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DriverError } from "@/lib/clouds/contract";
import { Masker, maskText, minSecretLength } from "@/lib/platform/masking";

const characters = "ab01+/=%&'\"$\\ <é😀";
const secretText = fc
  .array(fc.constantFrom(...characters), { minLength: minSecretLength, maxLength: 24 })
  .map((list) => list.join(""))
  .filter((text) => text.trim().length >= minSecretLength);
const secretList = fc.uniqueArray(secretText, { minLength: 1, maxLength: 5 });

/** The text cut at the given places, which may lie anywhere, also inside a pair of surrogates. */
function cut(text: string, places: readonly number[]): string[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...ends, text.length].map((end, index) => text.slice(index === 0 ? 0 : ends[index - 1], end));
}

function through(masker: Masker, pieces: readonly string[]): string {
  const stream = masker.stream();
  return pieces.map((piece) => stream.push(piece)).join("") + stream.end();
}

const encodings: Record<string, (secret: string) => string> = {
  plain: (secret) => secret,
  url: encodeURIComponent,
  form: (secret) => new URLSearchParams({ a: secret }).toString().slice(2),
  json: (secret) => JSON.stringify(secret),
  "json in json": (secret) => JSON.stringify(JSON.stringify(secret)),
  "quoted for a shell": (secret) => `'${secret.replaceAll("'", `'\\''`)}'`,
  markup: (secret) => secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
  hex: (secret) => Buffer.from(secret).toString("hex"),
  base64: (secret) => Buffer.from(secret).toString("base64"),
  base64url: (secret) => Buffer.from(secret).toString("base64url"),
  "basic authentication": (secret) => Buffer.from(`app:${secret}`).toString("base64"),
  "url twice": (secret) => encodeURIComponent(encodeURIComponent(secret)),
  "form in a url": (secret) => encodeURIComponent(new URLSearchParams({ a: secret }).toString().slice(2)),
  "base64 of json": (secret) => Buffer.from(JSON.stringify({ password: secret })).toString("base64"),
  "base64 of base64": (secret) => Buffer.from(Buffer.from(secret).toString("base64")).toString("base64"),
  "base64 in a url": (secret) => encodeURIComponent(Buffer.from(secret).toString("base64")),
  "inside base64": (secret) => Buffer.from(`{"password":"${secret}","n":1}`).toString("base64url"),
};

describe("a masker", () => {
  it("lets no secret through, however the text is cut, and cuts change nothing", () => {
    fc.assert(
      fc.property(
        secretList,
        fc.array(fc.oneof(fc.nat(4), fc.string({ maxLength: 8 }), fc.constantFrom(..."ab01+/="))),
        fc.array(fc.nat(400), { maxLength: 30 }),
        (secrets, parts, places) => {
          const text = parts
            .map((part) => (typeof part === "number" ? (secrets[part % secrets.length] ?? "") : part))
            .join("");
          const masker = new Masker(secrets);
          const whole = masker.mask(text);
          for (const secret of secrets) expect(whole).not.toContain(secret);
          expect(through(masker, cut(text, places))).toBe(whole);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("leaves a text without secrets as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.array(fc.nat(300)), (text, places) => {
        const masker = new Masker(["•a-secret-no-text-has•", "another•one"]);
        expect(through(masker, cut(text, places))).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(Object.entries(encodings))("finds a secret written as %s", (_name, encode) => {
    fc.assert(
      fc.property(secretText, fc.array(fc.nat(400), { maxLength: 8 }), (secret, places) => {
        const text = encode(secret);
        const masked = through(new Masker([secret]), cut(`before ${text} after`, places));
        expect(masked).toContain(maskText);
        expect(masked).not.toContain(text);
        // What is left of it: quotes, the other half of what was encoded with it, and padding.
        if (text === secret) expect(masked).toBe(`before ${maskText} after`);
      }),
      { numRuns: 300 },
    );
  });

  it("masks bytes cut inside a character", async () => {
    const secret = "pässwörd-€-😀";
    const bytes = Buffer.from(`<${secret}><${secret}>`);
    const source = Readable.from([...bytes].map((byte) => Buffer.of(byte)));
    expect(await readText(source.pipe(new Masker([secret]).transform()))).toBe(`<${maskText}><${maskText}>`);
  });

  it("knows the parts of what is secret: lists, documents, keys of several lines, passwords of addresses", () => {
    const key =
      "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END KEY-----\n";
    const masker = new Masker([
      key,
      { tokens: ["first-token", 12345678], username: "somebody" },
      "postgres://app:p%40ssw0rd@db:5432/app?api_key=k3y-of-query",
      "postgres://postgres:postgres@db/app",
    ]);
    for (const line of key.trim().split("\n").slice(1, 3))
      expect(masker.mask(`| ${line}`)).toBe(`| ${maskText}`);
    for (const part of ["first-token", "12345678", "p@ssw0rd", "p%40ssw0rd", "k3y-of-query"]) {
      expect(masker.mask(`<${part}>`), part).toBe(`<${maskText}>`);
    }
    expect(masker.mask("somebody connects to postgres")).toBe("somebody connects to postgres");
  });

  it("finds every line of a secret of several lines, however its lines end and wherever they stand", () => {
    const line = secretText.filter((text) => /[\p{L}\p{N}]/u.test(text));
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 2, maxLength: 6 }),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.constantFrom("", "\n", "\n\n"),
        (lines, end, last) => {
          const masker = new Masker([lines.join(end) + last]);
          for (const one of lines) {
            expect(masker.mask(`2026-11-29 ${one}`)).toContain(maskText);
            expect(masker.mask(one)).not.toContain(one.trim());
            expect(masker.mask(`| ${one} |`)).not.toContain(one.trim());
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("leaves the frame of documents: lines around keys, names above what is indented", () => {
    const masker = new Masker([
      "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END RSA PRIVATE KEY-----\n",
      "clusters:\n- name: prod\n  server: x\nusers:\n  token: s3cr3t-t0ken\n",
    ]);
    for (const frame of [
      "-----BEGIN RSA PRIVATE KEY-----",
      "-----END RSA PRIVATE KEY-----",
      "clusters: 3",
      "users: 4",
    ])
      expect(masker.mask(frame)).toBe(frame);
    for (const secret of ["MIIEvQIBADANBg", "s3cr3t-t0ken"])
      expect(masker.mask(`read ${secret}`)).toBe(`read ${maskText}`);
    // No document: a line that ends with a colon is a line of the secret.
    expect(new Masker(["hunter2:\nhunter3"]).mask("hunter2:")).toBe(maskText);
  });

  it("looks for secrets under names that only begin like open ones", () => {
    const masker = new Masker([
      { userPassword: "p4ssw0rd-of-user", host_key: "k3y-of-host", username: "somebody" },
    ]);
    expect(masker.mask("p4ssw0rd-of-user k3y-of-host somebody")).toBe(`${maskText} ${maskText} somebody`);
  });

  it("leaves what is too short to be told from ordinary words", () => {
    expect(new Masker(["1", "admin", ""]).mask("admin has 1 error")).toBe("admin has 1 error");
  });

  it("masks values, errors and their causes, and keeps their kind", () => {
    const masker = new Masker(["hunter2hunter2"]);
    expect(masker.maskValue({ a: ["x hunter2hunter2"], at: 1 })).toEqual({ a: [`x ${maskText}`], at: 1 });
    const error = new DriverError("permanent", "no: hunter2hunter2", {
      hint: "not hunter2hunter2",
      cause: new Error("deep hunter2hunter2"),
    });
    const masked = masker.maskError(error);
    expect(masked).toBeInstanceOf(DriverError);
    expect(masked).toMatchObject({ kind: "permanent", message: `no: ${maskText}`, hint: `not ${maskText}` });
    expect([masked.stack, (masked.cause as Error).message].join(" ")).not.toContain("hunter2");
  });

  it("hands on the very error where there is nothing to mask, and those that cannot be copied", () => {
    const masker = new Masker(["hunter2hunter2"]);
    const plain = Object.assign(new Error("plain"), { cause: undefined as unknown });
    plain.cause = plain;
    expect(masker.maskError(plain)).toBe(plain);
    const abort = AbortSignal.abort().reason as Error;
    expect(masker.maskError(abort)).toBe(abort);
    const said = masker.maskError(new DOMException("gone hunter2hunter2", "AbortError"));
    expect(said).toMatchObject({ name: "AbortError", message: `gone ${maskText}` });
    expect(masker.maskError("hunter2hunter2")).toBe(maskText);
  });

  it("withholds every text and every word of an error where not all secrets are known", () => {
    const masker = new Masker(["hunter2hunter2"], "Withheld.").with(["another-secret"]);
    expect([masker.mask(""), masker.mask("x"), masker.maskValue({ a: ["x", 1] })]).toEqual([
      "",
      "Withheld.",
      { a: ["Withheld.", 1] },
    ]);
    const error = new DriverError("retryable", "unknown secret", {
      hint: "unknown secret",
      cause: Object.assign(new Error("unknown secret"), {
        code: "ECONNREFUSED",
        sent: "unknown secret",
        port: 5432,
      }),
    });
    const masked = masker.maskError(error);
    expect(masked).toBeInstanceOf(DriverError);
    expect(masked).toMatchObject({
      kind: "retryable",
      message: "Withheld.",
      cause: { message: "Withheld.", code: "ECONNREFUSED", port: 5432 },
    });
    const cause = masked.cause as Error;
    const all = [masked, cause].flatMap((one) =>
      Object.getOwnPropertyNames(one).map((name) => Reflect.get(one, name)),
    );
    expect(all.join(" ")).not.toContain("unknown secret");
    expect(() => masker.stream()).toThrow("Withheld.");
  });

  it("holds back no more than it must", () => {
    const stream = new Masker([`${"x".repeat(5_000)}y`]).stream();
    let out = 0;
    for (let round = 0; round < 200; round += 1) out += stream.push(`${"x".repeat(90)} ok\n`).length;
    expect(200 * 94 - out).toBeLessThan(700);
  });

  it("takes time that grows with the text alone, whatever it is made of", () => {
    const secrets = Array.from({ length: 50 }, (_, index) => `S${index}-${"abcdefgh".repeat(3)}${index}`);
    const lines = `2026-11-29T12:00:00Z GET /api/things/42 200 12ms user=dana\n`;
    const megabyte = lines.repeat(Math.ceil(2 ** 20 / lines.length));
    const ordinary = new Masker(secrets);
    ordinary.mask("warm");
    expect(timeOf(() => ordinary.mask(megabyte))).toBeLessThan(150);
    const nasty = new Masker(Array.from({ length: 50 }, (_, index) => `${"a".repeat(300 + index)}b`));
    nasty.mask("warm");
    expect(timeOf(() => nasty.mask("a".repeat(2 ** 20)))).toBeLessThan(600);
  });
});

/** The best of three: other work on the machine is not what is measured. */
function timeOf(work: () => void): number {
  const times = [1, 2, 3].map(() => {
    const startedMs = performance.now();
    work();
    return performance.now() - startedMs;
  });
  return Math.min(...times);
}
