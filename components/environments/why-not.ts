import type { EnvironmentDetail } from "@/lib/features/environments/schema";

export type Changeable = Pick<EnvironmentDetail, "status" | "activeRunId" | "destroyedAt" | "can"> & {
  project: Pick<EnvironmentDetail["project"], "name">;
};

/** Which of the viewer's rights it takes. */
type Right = keyof EnvironmentDetail["can"];

/** Why the viewer can't change an environment now, as a sentence; null when they can. */
export function whyNoChange(environment: Changeable, right: Right = "change"): string | null {
  const { status, activeRunId, destroyedAt, can, project } = environment;
  if (destroyedAt) return "The environment was destroyed.";
  if (!can[right]) return `You need the developer or owner role in ${project.name}.`;
  if (activeRunId) return "Another change is in progress.";
  return status === "pending" ? "The environment is pending approval." : null;
}

/** Why the viewer can't do now what needs running components, as a sentence; null when they can. */
export function whyNotRunning(environment: Changeable, right: Right = "change"): string | null {
  const reason = whyNoChange(environment, right);
  if (reason !== null || environment.status === "running") return reason;
  return environment.status === "stopped"
    ? "The environment is stopped. Start it first."
    : "The environment isn’t running.";
}
