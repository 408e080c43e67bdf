import { Writable } from "node:stream";
import fc from "fast-check";
import { pino } from "pino";
import { prettyFactory } from "pino-pretty";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { routes } from "@/app/api/v1/routes";
import { readYaml } from "@/lib/engine/template/yaml-source";
import { escapeLine, escapeLines, findHidden, lineText } from "@/lib/kernel/text";
import { listOperations } from "@/lib/platform/http/openapi";
import { requireStorable } from "@/lib/platform/http/storable";
import { safeLine } from "@/lib/platform/log";
import { plain } from "../../scripts/lib/output.mjs";

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index));
const controls = [...range(0, 8), "\u000b", "\u000c", ...range(0x0e, 0x1f), ...range(0x7f, 0x9f)];
const invisible = [
  ...range(0x202a, 0x202e),
  ...range(0x2066, 0x2069),
  "\u200b",
  "\u2060",
  "\ufeff",
  "\u2028",
  "\u00ad",
  "\u034f",
  "\u115f",
  "\u1160",
  "\u17b4",
  "\u2800",
  "\u3164",
  "\uffa0",
  "\ufe00",
  ...range(0xe0000, 0xe007f),
  ...range(0xe0100, 0xe01ef),
];
/** Needed by some scripts and emoji, and hidden everywhere else. */
const misplaced = ["\u180b", "\u180e", "\u200c", "\u200d", "\ufe0e", "\ufe0f"];
const hidden = [...controls, ...invisible];
const anyText = fc
  .array(fc.oneof(fc.string({ unit: "binary", maxLength: 5 }), fc.constantFrom(...hidden, "\n", "\t", "\r")))
  .map((parts) => parts.join(""));
const dangerous = new RegExp(
  `[${hidden.map((one) => `\\u{${one.codePointAt(0)?.toString(16)}}`).join("")}]`,
  "u",
);

describe("hidden characters", () => {
  it("are everything Unicode ignores where it can't be drawn, but for what a script or emoji needs there", () => {
    const ignorable = /\p{Default_Ignorable_Code_Point}/u;
    let seen = 0;
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const one = code >= 0xd800 && code <= 0xdfff ? "" : String.fromCodePoint(code);
      if (!ignorable.test(one)) continue;
      seen += 1;
      expect(findHidden(`Ann${one}`)?.index, escapeLine(one)).toBe(3);
      expect(ignorable.test(escapeLine(`Ann${one}`))).toBe(false);
    }
    expect(seen).toBeGreaterThan(4_000);
  });

  it("are found one and all; text of every language, emoji and line breaks are not", () => {
    for (const one of [...hidden, ...misplaced]) {
      for (const [before, after] of [
        ["a", "b"],
        ["Ж", ""],
        ["山", "田"],
        ["1", ""],
        ["한", "글"],
        ["👩", "a"],
      ]) {
        if (one === "\ufe0e" || one === "\ufe0f") if (before === "👩") continue;
        const found = findHidden(`${before}${one}${after}`);
        expect(found, escapeLine(one)).toMatchObject({ index: before?.length });
      }
    }
    expect(findHidden("Zoë, 山田, عمر, می\u200cخواهم, 👩\u200d💻\r\n\tnext")).toBeNull();
    for (const text of [
      "❤️ ⚠︎ 1️⃣ 🏳️\u200d🌈 👩🏽\u200d⚕️ ❤️\u200d🔥",
      "क्\u200dष श्री न्\u200c",
      "ᠮᠣᠩᠭᠣᠯ\u180e᠎ᠠ ᠭ\u180b",
    ]) {
      expect(findHidden(text), text).toBeNull();
    }
  });

  it("never reach a terminal: neither through the command line nor through a log, pretty or not", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(dangerous.test(escapeLine(text))).toBe(false);
        expect(escapeLine(text)).not.toMatch(/[\n\r\t]/);
        expect(dangerous.test(escapeLines(text))).toBe(false);
        expect(dangerous.test(plain(text))).toBe(false);
        const lines: string[] = [];
        const pretty = prettyFactory({ colorize: false });
        for (const isPretty of [false, true]) {
          const sink = new Writable({
            write(chunk, _encoding, done) {
              lines.push(isPretty ? pretty(String(chunk)) : String(chunk));
              done();
            },
          });
          const log = pino({ hooks: { streamWrite: (line) => safeLine(line, isPretty) } }, sink);
          log.warn({ name: text, err: new Error(text) }, text);
        }
        for (const line of lines) expect(dangerous.test(line), JSON.stringify(line)).toBe(false);
        expect((JSON.parse(lines[0] ?? "{}") as { msg: string }).msg, "the log says what it was").toBe(
          Buffer.from(text).toString(),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("are refused in every text of a request, and its keys", () => {
    for (const one of hidden) {
      for (const body of [{ name: `a${one}` }, { list: [{ reason: one }] }, { [`k${one}`]: "v" }]) {
        expect(() => requireStorable(body), escapeLine(one)).toThrow(/not allowed/);
      }
    }
    expect(() => requireStorable({ reason: "two\r\nlines\tof it" })).not.toThrow();
  });

  it("are refused in a manifest with the place they stand at, also when YAML wrote them with an escape", () => {
    const refused = (text: string) => {
      const read = readYaml(text);
      return read.ok ? "accepted" : `${read.problems[0]?.line}: ${read.problems[0]?.message}`;
    };
    expect(refused('a: 1\ntitle: "\\e[31mred"\n')).toMatch(/^2: .*U\+001B/);
    expect(refused("a: 1\ntitle: left\u202eright\n")).toMatch(/^2: .*U\+202E/);
    expect(refused('a: "\\x9b"\n')).toMatch(/U\+009B/);
  });
});

/** Texts of several lines that people write; every other free text of a request is one line, an id or a pattern. */
const paragraphs = new Set(["reason", "note", "description", "manifest", "comment"]);
/** Names that only look something up, or have a rule of their own behind the schema. */
const lookups =
  /(^|\.)(actorId|id|.*Id|costCenter|owner|project|template|environment|component|cloud|version|current|next|password|driver|user|search|q|cursor|plan|digest|secret|backup|action|upload|key|email|zone|timezone)$/;

function freeTexts(schema: z.core.JSONSchema.BaseSchema, path: string, found: Map<string, boolean>): void {
  for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]) {
    freeTexts(one as z.core.JSONSchema.BaseSchema, path, found);
  }
  for (const [name, value] of Object.entries(schema.properties ?? {})) {
    freeTexts(value as z.core.JSONSchema.BaseSchema, path ? `${path}.${name}` : name, found);
  }
  if (schema.items) freeTexts(schema.items as z.core.JSONSchema.BaseSchema, path, found);
  if (schema.type !== "string" || schema.enum || schema.const || schema.format) return;
  const patterns = [
    schema.pattern,
    ...(schema.allOf ?? []).map((one) => (one as { pattern?: string }).pattern),
  ];
  const given = patterns.filter((pattern) => pattern !== undefined);
  found.set(
    path,
    given.some((pattern) => !new RegExp(pattern, "u").test("a\nb")),
  );
}

it("every name a request can store is one line", () => {
  const loose: string[] = [];
  let seen = 0;
  for (const { path, method, handler } of listOperations(routes)) {
    const body = handler.definition.schemas?.body;
    if (!body || method === "GET") continue;
    const found = new Map<string, boolean>();
    freeTexts(z.toJSONSchema(body, { io: "input", unrepresentable: "any" }), "", found);
    for (const [name, isLine] of found) {
      seen += 1;
      const last = name.split(".").at(-1) ?? "";
      if (!isLine && !path.endsWith("/reveal") && !paragraphs.has(last) && !lookups.test(name) && name !== "")
        loose.push(`${method} ${path}: ${name}`);
    }
  }
  expect(seen).toBeGreaterThan(20);
  expect(loose).toEqual([]);
  expect(lineText(10).safeParse("a\nb").success).toBe(false);
});
