import { describe, expect, it } from "vitest";
import { countWords } from "@/components/data/list-count";
import { listHref, pageSizeOf, sortOptions } from "@/components/data/list-params";

describe("rows per page", () => {
  it.each([
    [{}, undefined, 50],
    [{}, "25", 25],
    [{ limit: "100" }, "25", 100],
    // Addresses and cookies are written by people too: only sizes that the select offers count.
    [{ limit: "200" }, "25", 25],
    [{ limit: "1e9" }, "-1", 50],
    [{ limit: ["100", "25"] }, undefined, 100],
  ])("are those of %o, with %s remembered", (params, remembered, expected) => {
    expect(pageSizeOf(params, remembered)).toBe(expected);
  });

  it("start again with the first page when they change", () => {
    const params = { q: "shop", cursor: "abc", limit: "50" };
    expect(listHref("/environments", params, { limit: "25" })).toBe("/environments?q=shop&limit=25");
  });
});

describe("the count of a list", () => {
  it.each([
    [{ rows: 0, more: false }, "0\u00a0runs"],
    [{ rows: 1, more: false }, "1\u00a0run"],
    [{ rows: 1_000, more: false }, "1,000\u00a0runs"],
    [{ rows: 1_000, more: true }, "1,000+\u00a0runs"],
  ])("of %o reads %s", (count, words) => {
    expect(countWords(count, "run")).toBe(words);
  });
});

it("offers both directions of every column that sorts, and no other", () => {
  const columns = [{ header: "Name", sort: "name" }, { header: "Status" }];
  expect(sortOptions(columns)).toEqual([
    { value: "name", label: "Name, ascending" },
    { value: "-name", label: "Name, descending" },
  ]);
});
