import type { ProjectDto } from "@/lib/features/projects/schema";
import { readNumber } from "@/lib/kernel/values/numbers";

const gib = 1024 ** 3;

/** The limits of a project, each with its unit as it is typed. */
export const limits = [
  { key: "approvalLimit", label: "Approval threshold", unit: "/ month", money: true },
  { key: "budgetMonthly", label: "Monthly budget", unit: "/ month", money: true },
  { key: "maxLeaseDays", label: "Max lease", unit: "days", whole: true },
  { key: "quotaEnvironments", label: "Environments", unit: "max", whole: true },
  { key: "quotaCpu", label: "CPU", unit: "cores" },
  { key: "quotaMemoryBytes", label: "Memory", unit: "GiB", scale: gib },
  { key: "quotaStorageBytes", label: "Storage", unit: "GiB", scale: gib },
] as const;

export type LimitKey = (typeof limits)[number]["key"];
type MoneyKey = Extract<(typeof limits)[number], { money: true }>["key"];
type LimitValues = { [Key in LimitKey]?: (Key extends MoneyKey ? string : number) | null };

/** The limits as they are typed; empty is no limit. */
export function textsOf(project: ProjectDto): Record<LimitKey, string> {
  const texts = {} as Record<LimitKey, string>;
  for (const limit of limits) {
    const value = project[limit.key];
    const scaled = "scale" in limit && value !== null ? Number(value) / limit.scale : value;
    texts[limit.key] = scaled === null ? "" : String(scaled);
  }
  return texts;
}

/** A limit as the API takes it: money as text, sizes in bytes, empty as no limit. */
export function changedLimits(
  texts: Readonly<Record<LimitKey, string>>,
  before: Readonly<Record<LimitKey, string>>,
): LimitValues {
  const changed: LimitValues = {};
  for (const limit of limits) {
    const text = texts[limit.key];
    if (text === before[limit.key]) continue;
    if ("money" in limit) changed[limit.key] = text.trim() || null;
    else changed[limit.key] = numberOf(text.trim(), "scale" in limit ? limit.scale : undefined);
  }
  return changed;
}

function numberOf(text: string, scale: number | undefined): number | null {
  if (text === "") return null;
  return scale === undefined ? Number(text) : Math.round(Number(text) * scale);
}

/** What is wrong with a limit as typed: nothing that is not a number may reach the API as "no limit". */
export function complaint(limit: (typeof limits)[number], text: string): string | undefined {
  if (text.trim() === "") return undefined;
  const number = readNumber(text);
  if (number === undefined || number < 0) return "Enter a number, or leave blank for no limit.";
  if ("whole" in limit && !Number.isInteger(number)) return "Enter a whole number.";
  return undefined;
}
