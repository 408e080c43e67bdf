import type { DockerConfig } from "./config";
import { containment } from "./contained";
import { limitFields } from "./host-look";
import { labels } from "./names";
import type { Inspected } from "./own";
import { startProblem } from "./startable";

const limits: ReadonlySet<string> = new Set(limitFields);

/** Why the next change recreates containers that run, in words; null when they are as the cloud makes them now. */
export function outdatedReason(containers: readonly Inspected[], config: DockerConfig): string | null {
  for (const container of containers) {
    const reason = reasonOf(container, config);
    if (reason) return reason;
  }
  return null;
}

function reasonOf(container: Inspected, config: DockerConfig): string | null {
  if (container.labels[labels.containment] !== String(containment)) {
    return "An earlier version of Rostrum created the container.";
  }
  // Limits that this engine can't set are no reason: a new container would lack them too.
  const problem = startProblem(container, config, limits);
  if (problem) return `The cloud's settings changed: ${problem}.`;
  const files = container.HostConfig.Ulimits?.find((one) => one.Name === "nofile")?.Hard;
  return files === config.openFilesLimit ? null : "The cloud's limit of open files changed.";
}
