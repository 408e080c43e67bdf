import { type Actor, visibleProjects } from "@/lib/platform/auth";

/** Reports read much and change slowly: everybody who may see the same projects shares an answer for so long. */
export const reportAgeMs = 30_000;

/** The projects the actor may report on; null for all. */
export function reportScope(actor: Actor): string[] | null {
  const visible = visibleProjects(actor, "report.read");
  return visible === "all" ? null : [...visible].sort();
}

export function scopeKey(scope: string[] | null, days = 0): string {
  return `${days} ${scope === null ? "all" : scope.join(" ")}`;
}
