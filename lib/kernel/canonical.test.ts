import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, digestOf } from "./canonical";

describe("canonicalJson", () => {
  it("is JSON of the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("sorts keys as texts, numbers among them too", () => {
    expect(canonicalJson({ b: 1, a: [{ d: 2, c: 3 }], 10: 0, 9: 0 })).toBe(
      '{"10":0,"9":0,"a":[{"c":3,"d":2}],"b":1}',
    );
  });

  it("quotes keys that need it", () => {
    const value = { 'a"b': 1, "c\\d": 2, "é\n": 3, "": 4 };
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
  });

  it("leaves out what is undefined and writes dates as texts", () => {
    expect(canonicalJson({ a: undefined, b: new Date(0), c: null })).toBe(
      '{"b":"1970-01-01T00:00:00.000Z","c":null}',
    );
    expect(canonicalJson({ a: 1, b: undefined })).toBe(canonicalJson({ a: 1 }));
  });
});

describe("digestOf", () => {
  it("is the SHA-256 of the text", () => {
    // printf '{"a":1}' | sha256sum
    expect(digestOf({ a: 1 })).toBe(
      "sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862",
    );
  });
});
