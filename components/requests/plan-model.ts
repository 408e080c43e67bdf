import { Decimal } from "decimal.js";
import type { PlanCost, PlanDto } from "@/lib/features/requests/schema";
import { formatBytes, formatCount, formatCpu } from "@/lib/kernel/format";
import type { PlanRowAction } from "./looks";

type Change = Omit<PlanDto["changes"][number], "action"> & { action: PlanRowAction };
type Size = Change["size"];

/** What a component costs a month; null when part of it has no price. */
export function monthlyOf(cost: PlanCost, component: string): string | null {
  if (cost.unpriced.includes(component)) return null;
  const lines = cost.lines.filter((line) => line.component === component);
  return lines.reduce((sum, line) => sum.plus(line.monthly), new Decimal(0)).toFixed(4);
}

/** "2 replicas, each 0.5 core, 512 MiB, 1 GiB disk". */
export function sizeWords(size: Size, replicas: number): string {
  const each = replicas > 1 && size.cpu > 0 ? "each " : "";
  const parts = [
    replicas > 1 ? formatCount(replicas, "replica") : "",
    size.cpu > 0 ? `${each}${formatCpu(size.cpu)}` : "",
    size.memoryBytes > 0 ? formatBytes(size.memoryBytes) : "",
    size.storageBytes > 0 ? `${formatBytes(size.storageBytes)} disk` : "",
  ];
  return parts.filter(Boolean).join(", ") || "no sizing";
}

/** The same for a change: before → after where the size changes. */
export function changeWords(change: Change): string {
  const after = sizeWords(change.size, change.replicas);
  if (!change.before || change.action === "delete") return after;
  const before = sizeWords(change.before.size, change.before.replicas);
  return before === after ? after : `${before} → ${after}`;
}

/** The value of a diff as text. */
export function valueText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A parameter's value as a person reads it. */
export function parameterText(value: unknown): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  return value === "" ? "not set" : (valueText(value) ?? "not set");
}

/** Values in the order of the form they were asked for with; what the form does not know comes last. */
export function inFormOrder(
  values: Readonly<Record<string, unknown>>,
  titles: Readonly<Record<string, string>>,
): [string, unknown][] {
  const names = Object.keys(titles);
  const place = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length);
  return Object.entries(values).sort(([left], [right]) => place(left) - place(right));
}

/** Difference of two monthly amounts; null when one is unknown. */
export function difference(after: string | null, before: string | null): string | null {
  if (after === null || before === null) return null;
  return new Decimal(after).minus(before).toFixed(2);
}

/** Where everything runs, in words: "Docker, Frankfurt" or several joined. */
export function cloudsOf(plan: Pick<PlanDto, "changes">): string {
  return [...new Set(plan.changes.map((change) => change.cloud.name))].join(" and ");
}
