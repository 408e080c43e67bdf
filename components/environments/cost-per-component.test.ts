import { expect, test } from "vitest";
import { formatMoney } from "@/lib/kernel/format";
import { perComponent } from "./cost-per-component";

type Line = Parameters<typeof perComponent>[0][number];
const line = (component: string, amount: string) =>
  ({ component, amount, thisMonth: amount }) as unknown as Line;

test("components add up to their rounded sum, the most expensive first", () => {
  const lines = [line("a", "0.333"), line("b", "1.005"), line("a", "0.333"), line("c", "0.334")];
  expect(perComponent(lines, "amount")).toEqual([
    { component: "b", amount: "1.01" },
    { component: "a", amount: "0.67" },
    { component: "c", amount: "0.33" },
  ]);
});

test("a cost too small to round is never shown as none", () => {
  const [small, none] = perComponent([line("small", "0.00002"), line("none", "0")], "amount");
  const shown = (amount = "") => formatMoney(amount, "EUR");
  expect(shown(small?.amount)).toBe("<€0.01");
  expect(shown(none?.amount)).toBe("€0.00");
});
