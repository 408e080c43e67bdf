import { DriverError } from "../contract";
import type { DockerConfig } from "./config";
import { isAllowedLabel } from "./container-labels";
import type { DockerCloud } from "./engine";
import { hostProblem, lacksLimit } from "./host-look";
import { parseImage } from "./image-name";
import { imageProblems } from "./image-policy";
import { labels } from "./names";
import type { Inspected } from "./own";
import { isNumberedUser } from "./users";

/**
 * The look at an existing container before it is started: what an older version made, or other settings allowed, does
 * not run again.
 * @throws DriverError permanent with what to do
 */
export async function requireStartable(cloud: DockerCloud, container: Inspected): Promise<void> {
  const { config } = cloud;
  const unlimited = lacksLimit(container.HostConfig) ? await limitsOutOfReach(cloud) : new Set<string>();
  const problem = startProblem(container, config, unlimited);
  if (!problem) return;
  throw new DriverError("permanent", `Couldn't start container ${container.name}: ${problem}.`, {
    hint: "Update the environment to recreate this container.",
  });
}

/** Why a container that exists may not be started under the cloud's present rules; null when it may. */
export function startProblem(
  container: Inspected,
  config: DockerConfig,
  unlimited: ReadonlySet<string> = new Set(),
): string | null {
  const own = container.labels;
  return (
    hostProblem({ host: container.HostConfig, labels: own, made: true }, config, unlimited) ??
    imageProblem(container, config) ??
    userProblem(container, config) ??
    labelProblem(own, config)
  );
}

/** The image by its name in the manifest; by what the engine was given in containers that carry no name yet. */
function imageProblem({ labels: own, Config }: Inspected, config: DockerConfig): string | null {
  if (own[labels.role] !== "component") return null;
  const name = own[labels.image] ?? Config.Image;
  if (own[labels.imageReference] !== undefined && own[labels.imageReference] !== Config.Image) {
    return `its image differs from ${name}`;
  }
  const [problem] = imageProblems(name, config);
  if (problem) return problem.message;
  if (!config.requireDigest || parseImage(Config.Image)?.digest) return null;
  return `this cloud requires a registry digest, and ${name} has none`;
}

function userProblem({ labels: own, Config }: Inspected, config: DockerConfig): string | null {
  if (!config.refuseRootUser || own[labels.role] === "balancer") return null;
  if (own[labels.role] === "helper" && Config.Image === config.balancerImage) return null;
  return isNumberedUser(Config.User) ? null : "it may run as root, which this cloud refuses";
}

function labelProblem(own: Record<string, string>, config: DockerConfig): string | null {
  const found = Object.entries(own).find(
    ([name, value]) =>
      value !== "" && !name.startsWith("rostrum.") && !isAllowedLabel(name, config.allowedLabels),
  );
  return found ? `label ${found[0]} isn't allowed on this cloud` : null;
}

/** Limits that the engine's host can't set: it drops them from what it is asked. */
async function limitsOutOfReach(cloud: DockerCloud): Promise<Set<string>> {
  const { engine } = cloud;
  const info = (await engine.call(
    "reading engine information",
    (abortSignal) => engine.docker.info({ abortSignal } as never) as unknown as Promise<unknown>,
  )) as Record<string, unknown>;
  const without: [string, string[]][] = [
    ["MemoryLimit", ["Memory", "MemorySwap"]],
    ["SwapLimit", ["MemorySwap"]],
    ["PidsLimit", ["PidsLimit"]],
    ["CpuCfsQuota", ["NanoCpus"]],
  ];
  return new Set(without.flatMap(([fact, limits]) => (info[fact] === false ? limits : [])));
}
