import { describe, expect, it } from "vitest";
import { countWords, listCount } from "@/components/data/list-count";
import { listHref, pageSizeOf, sortOptions } from "@/components/data/list-params";
import { readListQuery } from "@/components/data/list-query";

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
    const params = { q: "shop", cursor: "abc", before: "50", limit: "50" };
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

describe("how many rows a list has", () => {
  const items = [1, 2, 3];
  const first = { cursor: undefined, before: 0 };
  const later = { cursor: "c", before: 25 };
  const shared = { cursor: "c", before: undefined };
  it.each([
    ["the only page of an uncounted list", first, null, null, { rows: 3, more: false }],
    ["the first page of an uncounted list", first, "n", null, { rows: 3, more: true }],
    ["a later page of an uncounted list", later, "n", null, { rows: 28, more: true }],
    ["the last page of an uncounted list", later, null, null, { rows: 28, more: false }],
    ["a last page that doesn’t say what was before", shared, null, null, { rows: 3, more: true }],
    ["the only page of a counted list", first, null, 7, { rows: 3, more: false }],
    ["the last page of a counted list", later, null, 29, { rows: 29, more: false }],
    ["the first page of a long list", first, "n", 1_001, { rows: 1_000, more: true }],
    [
      "the last page of a long list",
      { cursor: "c", before: 1_400 },
      null,
      1_001,
      { rows: 1_403, more: false },
    ],
    ["a last page of a long list alone", shared, null, 1_001, { rows: 1_000, more: true }],
  ])("is told on %s", async (_, place, nextCursor, counted, expected) => {
    const count = counted === null ? null : async () => counted;
    expect(await listCount({ items, nextCursor }, place, count)).toEqual(expected);
  });
});

describe("what a list’s address asks for", () => {
  const read = (params: Record<string, string | string[]>) =>
    readListQuery(params, ["name", "cost"], ({ text, choice }) => ({
      status: choice("status", ["open", "closed"]),
      project: text("project"),
    }));

  it("is read by name, known value and sort", () => {
    const params = {
      q: "  shop ",
      status: "open",
      project: ["web", "x"],
      sort: "-cost",
      cursor: "c",
      before: "50",
    };
    expect(read(params)).toEqual({
      filter: { q: "shop", status: "open", project: "web", sort: "cost", direction: "desc" },
      cursor: "c",
      before: 50,
    });
  });

  it("is nothing where it says what no list knows", () => {
    expect(read({ q: " ", status: "ajar", sort: "age", before: "7" })).toEqual({
      filter: { q: undefined, status: undefined, project: undefined },
      cursor: undefined,
      before: 0,
    });
    for (const before of ["-1", "1e3", "", "9999999999", " 5"])
      expect(read({ cursor: "c", before }).before, before).toBeUndefined();
    expect(read({ q: "a".repeat(200) }).filter.q).toHaveLength(100);
  });
});
