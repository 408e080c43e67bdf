// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are expressions of the template language
import { describe, expect, it } from "vitest";
import { evaluate, parseTemplateString } from ".";

function complaints(text: string): string[] {
  return parseTemplateString(text).parts.flatMap((part) =>
    typeof part === "string"
      ? []
      : part.unusable.map(({ message, offset }) => `${offset}: ${message.split(";")[0]}`),
  );
}

describe("literals that a new expression must not contain", () => {
  it.each([
    ["${{ 1u }}", ["4: unsigned integer 1u isn’t supported"]],
    [
      "${{ 0xFFU + 1u }}",
      ["4: unsigned integer 0xFFU isn’t supported", "12: unsigned integer 1u isn’t supported"],
    ],
    ["port ${{ 1 }} and ${{ [1, 2u] }}", ["26: unsigned integer 2u isn’t supported"]],
    ["${{ b'abc' }}", ["4: raw bytes b'abc' aren’t supported"]],
    ['${{ B"\\xff" }}', ['4: raw bytes B"\\xff" aren’t supported']],
    ["${{ uint(parameters.size) }}", ["4: unsigned integers aren’t supported"]],
    ["${{ size(bytes('abc')) }}", ["9: raw bytes aren’t supported"]],
    ["${{ [1].map(x, 2u) }}", ["15: unsigned integer 2u isn’t supported"]],
    ["${{ cel.bind(x, 1u, x) }}", ["16: unsigned integer 1u isn’t supported"]],
    [
      "${{ {'a': 1u}.?b.orValue(2u) }}",
      ["10: unsigned integer 1u isn’t supported", "25: unsigned integer 2u isn’t supported"],
    ],
    ["${{ has(parameters.a) && parameters.list[1u] == 1 }}", ["41: unsigned integer 1u isn’t supported"]],
  ])("%s", (text, said) => {
    expect(complaints(text)).toEqual(said);
  });

  it.each(["9007199254740992", "9223372036854775807", "0x20000000000001"])("the integer %s", (written) => {
    const message = `integer ${written} can’t be represented exactly`;
    expect(complaints(`\${{ ${written} }}`)).toEqual([`4: ${message}`]);
    expect(complaints(`\${{ -${written} }}`)).toEqual([`5: ${message}`]);
    expect(complaints(`\${{ parameters.list[${written}] }}`)).toEqual([`20: ${message}`]);
  });

  it.each([
    "${{ 9007199254740991 }}",
    "${{ -9007199254740991 }}",
    "${{ 0x1FFFFFFFFFFFFF }}",
    "${{ 9007199254740993.0 }}",
    "${{ '9007199254740993' + 'b\\'x\\' 1u' }}",
    "${{ r'b' + base64('abc') }}",
    "b'abc' 1u 9007199254740993",
  ])("but not %s", (text) => {
    expect(complaints(text)).toEqual([]);
  });

  it.each([
    ["${{ 1u }}", "1"],
    ["${{ 9007199254740993 }}", 9_007_199_254_740_992],
    ["${{ b'abc' }}", "YWJj"],
  ])("%s keeps its value where it is stored already", (text, value) => {
    expect(evaluate(text, {})).toEqual({ known: true, value, secret: false });
  });
});
