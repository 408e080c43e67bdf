import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { decodeCursor, encodeCursor, pageQuery, toCsv, toPage } from "@/lib/platform/http";
import { readBody } from "@/lib/platform/http/body";
import { csvResponse } from "@/lib/platform/http/csv";
import { toJson } from "@/lib/platform/http/reply";

describe("csv", () => {
  it("quotes, flattens and disarms formulas", () => {
    const rows = [
      { a: 'say "hi", you', b: 1, c: null, d: { x: 1 } },
      { a: "=1+1", b: -5, c: new Date(0), d: "two\nlines" },
    ];
    expect(toCsv(rows)).toBe(
      'a,b,c,d\r\n"say ""hi"", you",1,,"{""x"":1}"\r\n\'=1+1,-5,1970-01-01T00:00:00.000Z,"two\nlines"\r\n',
    );
  });

  /** How a spreadsheet reads a file whose cells are separated by the given sign. */
  function readCsv(text: string, separator: string): string[][] {
    const rows: string[][] = [[]];
    let rest = text;
    while (rest !== "") {
      const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
      const stop = new RegExp(`^[^${separator}\\r\\n]*`).exec(rest)?.[0] ?? "";
      const raw = quoted ? quoted[0] : stop;
      rows.at(-1)?.push(quoted ? (quoted[1] ?? "").replaceAll('""', '"') : raw);
      rest = rest.slice(raw.length);
      if (rest.startsWith(separator)) rest = rest.slice(1);
      else {
        rest = rest.replace(/^(\r\n|.)/s, "");
        rows.push([]);
      }
    }
    return rows;
  }

  it("has no cell that a spreadsheet takes for a formula, whichever sign it takes for the separator", () => {
    const part = fc.constantFrom(..." \t\r\n\u00a0\u3000=+-@＝＋－＠;,'\"|x1()");
    const text = fc
      .array(fc.oneof(part, fc.string({ maxLength: 2 })), { maxLength: 8 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(text, (value) => {
        const csv = toCsv([{ name: value }]);
        expect(readCsv(csv, ",")[1]?.[0]?.replace(/^'/, "")).toBe(value.replace(/^'/, ""));
        for (const separator of [",", ";", "\t"]) {
          for (const cell of readCsv(csv, separator).flat()) {
            expect(cell.trim().normalize("NFKC"), JSON.stringify(csv)).not.toMatch(/^[=+\-@]/);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a download", () => {
  const nameIn = (filename: string) => csvResponse([{ a: 1 }], filename).headers.get("content-disposition");

  it("is an attachment with a name of the portal's own", async () => {
    const response = csvResponse([{ a: 1 }], "usage");
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="usage.csv"');
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  });

  it("has a name that ends nothing and leads nowhere, whatever it was made of", () => {
    expect(nameIn('a"; filename="b.html')).toBe('attachment; filename="a---filename--b.html.csv"');
    expect(nameIn("../../etc/passwd\r\nX-Evil: 1")).toBe(
      'attachment; filename="..-..-etc-passwd--X-Evil--1.csv"',
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(nameIn(text)).toMatch(/^attachment; filename="[\w.-]*\.csv"$/);
      }),
    );
  });
});

describe("pages", () => {
  it("hands on a cursor only when there is more", () => {
    const rows = [1, 2, 3].map((id) => ({ id }));
    const map = (row: { id: number }) => row.id;
    const page = toPage(rows, 2, (row) => ({ id: row.id }), map);
    expect(page.items).toEqual([1, 2]);
    expect(decodeCursor(page.nextCursor ?? "", z.object({ id: z.number() }))).toEqual({ id: 2 });
    expect(toPage(rows, 3, (row) => ({ id: row.id }), map).nextCursor).toBeNull();
  });

  it("refuses cursors that are not its own, whatever they are", () => {
    const schema = z.object({ id: z.number() });
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(text, schema)).toThrow(/cursor/);
      }),
    );
    expect(() => decodeCursor(encodeCursor({ id: "x" }), schema)).toThrow(/cursor/);
    expect(decodeCursor(undefined, schema)).toBeUndefined();
  });

  it("bounds the page size", () => {
    expect(pageQuery.parse({}).limit).toBe(50);
    expect(pageQuery.safeParse({ limit: "201" }).success).toBe(false);
    expect(pageQuery.safeParse({ limit: "0" }).success).toBe(false);
  });
});

describe("bodies", () => {
  const post = (body: BodyInit, type = "application/json") =>
    new Request("http://x/", { method: "POST", body, headers: { "content-type": type } });

  it("reads no further than the limit, announced or not", async () => {
    await expect(readBody(post("x".repeat(101)), { maxBodyBytes: 100 })).rejects.toMatchObject({
      code: "payload_too_large",
    });
    let pulled = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(new Uint8Array(1_000));
      },
    });
    const request = new Request("http://x/", {
      method: "POST",
      body: endless,
      duplex: "half",
    } as RequestInit);
    await expect(readBody(request, { maxBodyBytes: 10_000 })).rejects.toMatchObject({
      code: "payload_too_large",
    });
    expect(pulled).toBeLessThan(20);
  });

  it("tells wrong types, wrong JSON and wrong UTF-8 apart", async () => {
    const options = { maxBodyBytes: 1_000 };
    await expect(readBody(post("a: 1", "text/yaml"), options)).rejects.toMatchObject({
      code: "unsupported_media_type",
    });
    await expect(readBody(post("{"), options)).rejects.toMatchObject({ code: "invalid_request" });
    await expect(readBody(post(new Uint8Array([0x22, 0xff, 0x22])), options)).rejects.toMatchObject({
      code: "invalid_request",
    });
    const yaml = await readBody(post("a: 1", "text/yaml; charset=utf-8"), {
      ...options,
      textTypes: ["text/yaml"],
    });
    expect(yaml.value).toBe("a: 1");
  });
});

describe("json", () => {
  it("writes bigints exactly", () => {
    expect(toJson({ a: 5n, b: 2n ** 60n })).toBe('{"a":5,"b":"1152921504606846976"}');
  });
});
