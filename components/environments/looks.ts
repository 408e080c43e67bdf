import type { NodeIcon } from "@/components/topology/types";
import type { Tone } from "@/components/ui/tone";
import {
  type EnvironmentDetail,
  type EnvironmentStatus,
  type EnvironmentSummary,
  environmentStatusLabels,
  type HealthState,
} from "@/lib/features/environments/schema";

export const statusTones: Record<EnvironmentStatus, Tone> = {
  pending: "warning",
  provisioning: "busy",
  running: "good",
  changing: "busy",
  stopped: "neutral",
  failed: "bad",
  destroying: "busy",
  destroyed: "neutral",
};

export const healthTones: Record<HealthState, Tone> = {
  unknown: "neutral",
  healthy: "good",
  degraded: "warning",
  unhealthy: "bad",
};

/** Status and health as one dot and one word: what runs is told by how it is. */
export function stateOf(environment: Pick<EnvironmentSummary, "status" | "health">): {
  tone: Tone;
  word: string;
} {
  const { status, health } = environment;
  if (status !== "running" || health === "healthy") {
    return { tone: statusTones[status], word: environmentStatusLabels[status] };
  }
  if (health === "unknown") return { tone: "neutral", word: "Running (health unknown)" };
  return { tone: healthTones[health], word: health === "degraded" ? "Degraded" : "Unhealthy" };
}

/** What is known of a lease, before the creation too. */
export function leaseOf(environment: Pick<EnvironmentDetail, "leaseEndsAt" | "status" | "planned">) {
  const { leaseEndsAt: endsAt, status, planned } = environment;
  const begun = status !== "pending" && status !== "provisioning";
  return { endsAt, begun, plannedDays: planned?.leaseDays };
}

const nodeIcons: Record<string, NodeIcon> = {
  database: "database",
  zap: "cache",
  cpu: "worker",
  "list-checks": "queue",
  "app-window": "web",
  server: "web",
  hexagon: "web",
  "panel-top": "web",
  "shopping-bag": "web",
};

/** A template's icon as the graph draws it. */
export function nodeIcon(icon: string | null): NodeIcon {
  return (icon && nodeIcons[icon]) || "box";
}

/** Titles of components by name: what people know them by. */
export function titlesOf(resources: readonly { component: string; title: string }[]): Record<string, string> {
  return Object.fromEntries(resources.map(({ component, title }) => [component, title]));
}

/** "Daily at 02:00 UTC" for the usual schedules; others as they are written. */
export function scheduleWords(cron: string): string {
  const [minute = "", hour = "", day, month, weekday, ...more] = cron.trim().split(/\s+/);
  const exactMinute = /^\d{1,2}$/.test(minute);
  if (more.length > 0 || !exactMinute || day !== "*" || month !== "*" || weekday !== "*") return cron;
  if (hour === "*") return "Hourly";
  if (!/^\d{1,2}$/.test(hour)) return cron;
  return `Daily at ${hour.padStart(2, "0")}:${minute.padStart(2, "0")} UTC`;
}

/** "last 3, 7 daily" */
export function keepWords(keep: Readonly<Record<string, number>>): string {
  const words = Object.entries(keep).map(([period, count]) =>
    period === "last" ? `last ${count}` : `${count} ${period}`,
  );
  return words.length > 0 ? words.join(", ") : "Until deleted manually";
}
