import type { ComponentRef, DesiredComponent, Fault } from "../contract";
import type { DockerCloud } from "./engine";
import { findNetworks } from "./infra";
import { balancerName, containerName, networkName } from "./names";
import { findOwn, type Inspected, replicasOf } from "./own";
import { needsBalancer, requirePlan } from "./spec";
import { componentVolumes } from "./volumes";

/** What of a component is gone or stopped on the engine: its network, volumes, containers and balancer. Looks only. */
export async function examineComponent(
  cloud: DockerCloud,
  ref: ComponentRef,
  desired: DesiredComponent,
): Promise<Fault[]> {
  const plan = requirePlan(desired);
  const signal = AbortSignal.timeout(lookMs);
  const [own, volumes, networks] = await Promise.all([
    findOwn(cloud, ref, { signal }),
    componentVolumes(cloud, ref, signal),
    findNetworks(cloud, ref.environmentId, signal),
  ]);
  const gone = (what: string, losesData = false): Fault => ({ kind: "gone", what, losesData });
  const wanted = [...new Set(plan.mounts.map((mount) => mount.volume))];
  const faults = wanted.filter((name) => !volumes.has(name)).map((name) => gone(`volume ${name}`, true));
  const network = networks[0]?.Id;
  if (network === undefined) faults.push(gone(`network ${networkName(ref.environmentId)}`));
  const replicas = replicasOf(own);
  const count = Math.max(1, desired.replicas);
  const slots = Array.from({ length: count }, (_, index) => ({
    name: containerName(ref, index + 1),
    found: replicas.get(index + 1),
  }));
  if (needsBalancer(plan, count)) {
    const name = balancerName(ref);
    slots.push({ name, found: own.containers.find((one) => one.name === name) });
  }
  for (const { name, found } of slots) {
    if (!found) faults.push(gone(`container ${name}`));
    else if (!found.State.Running)
      faults.push({ kind: "stopped", what: `container ${name}`, losesData: false });
    else if (network !== undefined && !isAttached(found, network)) {
      faults.push({ kind: "damaged", what: `network connection of ${name}`, losesData: false });
    }
  }
  return faults;
}

const lookMs = 20_000;

function isAttached(container: Inspected, network: string): boolean {
  const all = container.NetworkSettings?.Networks;
  // An engine that says nothing of networks says nothing against them.
  return !all || Object.values(all).some((one) => one.NetworkID === network);
}
