import { describe, expect, it } from "vitest";
import { breakGaps, thin } from "@/components/charts/figures";
import { parseAnsi, stripAnsi } from "@/components/data/ansi";
import { listHref, nextSort, readSort } from "@/components/data/list-params";
import type { FormField } from "@/components/forms/types";
import { rangeWords, validateField, validateForm, withDefaults } from "@/components/forms/validate";
import { estimateHeight } from "@/components/topology/size";

describe("a form made from a schema", () => {
  const disk: FormField = {
    name: "disk",
    title: "Disk",
    type: "integer",
    min: 1,
    max: 100,
    unit: "GiB",
    required: true,
  };
  const name: FormField = { name: "name", title: "Name", type: "string", pattern: "^[a-z]+$", maxLength: 5 };
  const size: FormField = {
    name: "size",
    title: "Size",
    type: "string",
    options: [{ value: "small", label: "Small" }],
    default: "small",
  };

  it.each([
    [disk, undefined, "Disk is required."],
    [disk, 0, "Must be 1 GiB or more."],
    [disk, 101, "Must be 100 GiB or less."],
    [disk, 1.5, "Enter a whole number, for example 16000."],
    [disk, 20, undefined],
    [name, undefined, undefined],
    [name, "abcdef", "Use at most 5 characters."],
    [name, "A", "Doesn’t match the required format: ^[a-z]+$"],
    [size, "huge", "Choose an option from the list."],
  ])("judges %o with %s", (field, value, expected) => {
    expect(validateField(field, value)).toBe(expected);
  });

  it("names the entry of a list and the field of a group that is wrong", () => {
    const ports: FormField = {
      name: "ports",
      title: "Ports",
      type: "array",
      items: { ...disk, title: "Port" },
    };
    expect(validateField(ports, [5, 500])).toBe("Entry 2: Must be 100 GiB or less.");
    const group: FormField = { name: "g", title: "Group", type: "object", fields: [disk] };
    expect(validateField(group, { disk: 500 })).toBe("Disk: Must be 100 GiB or less.");
    expect(validateField(group, "not json")).toBe("Enter a JSON object.");
  });

  it("fills defaults without overriding what was chosen, and reports by field", () => {
    const pages = [{ fields: [disk, size] }];
    expect(withDefaults(pages, { disk: 3 })).toEqual({ disk: 3, size: "small" });
    expect(validateForm(pages, {})).toEqual({ disk: "Disk is required." });
    expect(rangeWords(disk)).toBe("GiB, 1 to 100");
  });
});

describe("a list's address", () => {
  it("changes one parameter, keeps the rest and goes back to the first page", () => {
    const params = { q: "web", cursor: "abc", status: ["running", "failed"] };
    expect(listHref("/x", params, { sort: "-cost" })).toBe(
      "/x?q=web&status=running&status=failed&sort=-cost",
    );
    expect(listHref("/x", { q: "web", cursor: "abc" }, { q: undefined })).toBe("/x");
    expect(listHref("/x", { q: "web" }, { cursor: "next" })).toBe("/x?q=web&cursor=next");
  });

  it("sorts up, down, and not at all", () => {
    expect(nextSort({}, "cost")).toBe("cost");
    expect(nextSort({ sort: "cost" }, "cost")).toBe("-cost");
    expect(nextSort({ sort: "-cost" }, "cost")).toBeUndefined();
    expect(readSort({ sort: "-cost" })).toEqual({ key: "cost", descending: true });
  });
});

describe("log lines", () => {
  it("keep their colors as tokens and lose every other escape", () => {
    expect(parseAnsi("\u001b[32mok\u001b[0m done")).toEqual([
      { text: "ok", className: "text-good-ink" },
      { text: " done", className: "" },
    ]);
    expect(stripAnsi("\u001b]0;title\u0007\u001b[2K\u001b[1mhi\u001b[0m\u0000")).toBe("hi");
    expect(stripAnsi("10 %\r50 %\r100 %")).toBe("100 %");
    expect(stripAnsi("windows line\r")).toBe("windows line");
  });

  it.each([
    [
      "an empty code, which is a reset",
      "\u001b[1;31mred\u001b[m plain",
      [
        ["red", "text-bad-ink font-semibold"],
        [" plain", ""],
      ],
    ],
    [
      "a reset in front of a color",
      "\u001b[1mbold\u001b[;32mgreen",
      [
        ["bold", "font-semibold"],
        ["green", "text-good-ink"],
      ],
    ],
    [
      "styles that end one by one",
      "\u001b[1mb\u001b[4mu\u001b[22mx\u001b[24my",
      [
        ["b", "font-semibold"],
        ["u", "font-semibold underline"],
        ["x", "underline"],
        ["y", ""],
      ],
    ],
    [
      "the table of 256 by its names",
      "\u001b[38;5;9mbright\u001b[38;5;200mother",
      [
        ["bright", "text-bad-ink"],
        ["other", ""],
      ],
    ],
    ["true color, of which no number is a code", "\u001b[38;2;1;4;31mrgb", [["rgb", ""]]],
    ["a background, which is left out", "\u001b[41;97mboth", [["both", ""]]],
    [
      "a cursor that moves between colors",
      "\u001b[32mok\u001b[10Gmore\u001b[?25l",
      [["okmore", "text-good-ink"]],
    ],
    ["a link", "\u001b]8;;https://x.test\u001b\\here\u001b]8;;\u001b\\", [["here", ""]]],
    ["a sequence that is cut off", "text\u001b[31", [["text", ""]]],
    ["nothing but colors", "\u001b[31m\u001b[0m", []],
  ])("read %s", (_name, line, expected) => {
    expect(parseAnsi(line).map(({ text, className }) => [text, className])).toEqual(expected);
    expect(stripAnsi(line)).toBe(expected.map(([text]) => text).join(""));
  });

  it("are read in a moment, however hostile", () => {
    const lines = [
      "\u001b[31mred\u001b[0m",
      "\u001b[".repeat(2_000),
      `\u001b[${"1;".repeat(2_000)}`,
      "\u001b]".repeat(2_000),
    ];
    const startMs = performance.now();
    for (let round = 0; round < 250; round += 1) for (const line of lines) parseAnsi(line);
    for (let round = 0; round < 50_000; round += 1) parseAnsi(lines[0] ?? "");
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });
});

describe("charts", () => {
  it("break where nothing was measured, and nowhere else", () => {
    const at = (t: number) => ({ t, cpu: 1 });
    expect(breakGaps([at(0), at(10), at(20), at(100), at(110)])).toEqual([
      at(0),
      at(10),
      at(20),
      { t: 21 },
      at(100),
      at(110),
    ]);
    expect(breakGaps([at(0), at(10), at(20)])).toHaveLength(3);
  });

  it("thin evenly and keep the last point", () => {
    const thinned = thin(
      Array.from({ length: 100 }, (_, index) => index),
      10,
    );
    expect(thinned).toHaveLength(10);
    expect(thinned.at(-1)).toBe(99);
  });
});

describe("the topology's frame", () => {
  it("is as high as the tallest column, and ends on a cycle", () => {
    const nodes = ["a", "b", "c"].map((id) => ({ id, title: id }));
    const flat = estimateHeight(nodes, [
      { from: "a", to: "b" },
      { from: "b", to: "c" },
    ]);
    const fan = estimateHeight(nodes, [
      { from: "a", to: "b" },
      { from: "a", to: "c" },
    ]);
    expect(fan).toBe(flat * 2);
    expect(
      estimateHeight(nodes, [
        { from: "a", to: "b" },
        { from: "b", to: "a" },
      ]),
    ).toBeGreaterThan(0);
  });
});
