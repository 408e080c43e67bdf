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
export function apiValue(limit: (typeof limits)[number], text: string): string | number | null {
  const plain = text.trim();
  if (plain === "") return null;
  if ("money" in limit) return plain;
  return "scale" in limit ? Math.round(Number(plain) * limit.scale) : Number(plain);
}

/** What is wrong with a limit as typed: nothing that is not a number may reach the API as "no limit". */
export function complaint(limit: (typeof limits)[number], text: string): string | undefined {
  if (text.trim() === "") return undefined;
  const number = readNumber(text);
  if (number === undefined || number < 0) return "Enter a number, or leave blank for no limit.";
  if ("whole" in limit && !Number.isInteger(number)) return "Enter a whole number.";
  return undefined;
}
