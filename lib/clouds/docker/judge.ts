import { formatBytes } from "@/lib/kernel/format";
import type { CloudHealth, DesiredComponent, Problem } from "../contract";
import { judgeAsked } from "./allowances";
import { minMemoryBytes } from "./config";
import type { DockerCloud } from "./engine";
import { fullName, parseImage } from "./image-name";
import { inspectImage } from "./images";
import { digestProblems } from "./pinned-image";
import { type ContainerPlan, needsBalancer, readPlan } from "./spec";
import { isRootUser } from "./users";

/** What of a component this cloud cannot or may not run, before anything is tried. */
export async function validateDesired(
  cloud: DockerCloud,
  desired: DesiredComponent,
  check: () => Promise<CloudHealth>,
): Promise<Problem[]> {
  if (desired.kind !== "container") {
    return [{ path: "", message: `A Docker cloud runs containers, not ${desired.kind}.` }];
  }
  const read = readPlan(desired);
  if ("problems" in read) return read.problems;
  const { plan } = read;
  const problems = judgeAsked({ plan, size: desired.size, config: cloud.config });
  if (needsBalancer(plan, desired.replicas) && plan.ports.some((entry) => entry.protocol === "udp")) {
    problems.push({ path: "ports", message: "UDP ports can’t be shared by several replicas" });
  }
  const { memoryBytes } = desired.size;
  if (memoryBytes > 0 && memoryBytes < minMemoryBytes) {
    problems.push({ path: "size.memory", message: "Docker needs at least 6Mi of memory" });
  }
  const { ok, capacity } = await check();
  if (capacity && desired.size.cpu > capacity.total.cpu) {
    problems.push({ path: "size.cpu", message: `The engine has only ${capacity.total.cpu} CPU` });
  }
  if (capacity && memoryBytes > capacity.total.memoryBytes) {
    const message = `The engine has only ${formatBytes(capacity.total.memoryBytes)} of memory`;
    problems.push({ path: "size.memory", message });
  }
  if (!ok || problems.some((problem) => problem.path === "image")) return problems;
  return [...problems, ...(await digestProblems(cloud, plan.image)), ...(await rootProblems(cloud, plan))];
}

async function rootProblems(cloud: DockerCloud, plan: ContainerPlan): Promise<Problem[]> {
  if (!cloud.config.refuseRootUser || plan.spec.user !== undefined) return [];
  if ((await rootOf(cloud, plan)) !== true) return [];
  return [
    { path: "user", message: `${plan.image} runs as root, which this cloud refuses; set another user` },
  ];
}

/** A container that is root inside is shown, because root inside is the user an engine's faults are worth most to. */
export async function warningsOf(cloud: DockerCloud, desired: DesiredComponent): Promise<Problem[]> {
  const read = readPlan(desired);
  if ("problems" in read || cloud.config.refuseRootUser) return [];
  const root = await rootOf(cloud, read.plan);
  if (root === false) return [];
  const message = root
    ? "runs as root in its container"
    : `runs as the user of ${read.plan.image}, which may be root: the image isn’t on the engine yet`;
  return [{ path: "user", message }];
}

/** Whether a container would run as user 0; null when only the pulled image can tell. */
async function rootOf(cloud: DockerCloud, { spec, image }: ContainerPlan): Promise<boolean | null> {
  if (spec.user !== undefined) return isRootUser(spec.user);
  const name = parseImage(image);
  const found = name && (await inspectImage(cloud, fullName(name)));
  return found ? isRootUser(found.user) : null;
}
