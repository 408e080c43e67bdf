import { expect, it } from "vitest";
import { Batcher } from "./batcher";

it("gathers what comes while a call is under way, and answers each with its own result", async () => {
  const batches: number[][] = [];
  const batcher = new Batcher(async (items: number[]) => {
    batches.push(items);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return items.map((item) => item * 10);
  });
  const first = batcher.add(1);
  await new Promise((resolve) => setImmediate(resolve));
  const rest = [2, 3, 4].map((item) => batcher.add(item));
  expect(await Promise.all([first, ...rest])).toEqual([10, 20, 30, 40]);
  expect(batches).toEqual([[1], [2, 3, 4]]);
});

it("lets a bad item fail alone", async () => {
  const batcher = new Batcher(async (items: string[]) => {
    if (items.includes("bad")) throw new Error("one of them is bad");
    return items.map((item) => item.toUpperCase());
  });
  const results = await Promise.allSettled(["a", "bad", "b"].map((item) => batcher.add(item)));
  expect(results.map((one) => (one.status === "fulfilled" ? one.value : String(one.reason)))).toEqual([
    "A",
    "Error: one of them is bad",
    "B",
  ]);
});
