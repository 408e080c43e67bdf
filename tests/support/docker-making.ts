import type { DesiredComponent } from "@/lib/clouds/contract";
import { dockerConfigSchema } from "@/lib/clouds/docker/config";
import { sizeOf } from "@/lib/clouds/docker/limits";
import { volumeName } from "@/lib/clouds/docker/names";
import { requirePlan } from "@/lib/clouds/docker/spec";

/** A Docker cloud's configuration with its defaults. */
export const config = (given: Record<string, unknown> = {}) => dockerConfigSchema.parse(given);

/** A container component of one replica. */
export function desired(spec: Record<string, unknown>): DesiredComponent {
  return {
    kind: "container",
    replicas: 1,
    size: { cpu: 0.5, memoryBytes: 64 * 2 ** 20, storageBytes: 0 },
    spec: { image: "team/app:1", ...spec },
    filesDigest: "sha256:none",
    health: null,
  };
}

export const ref = { environmentId: "env-1", environmentName: "test", component: "web" };
export const image = { name: "team/app:1", reference: `docker.io/team/app@sha256:${"a".repeat(64)}` };

/** What is known when a container of the component is made. */
export function making(spec: Record<string, unknown>, given: Record<string, unknown> = {}) {
  const wanted = desired(spec);
  const plan = requirePlan(wanted);
  const hostPorts = Object.fromEntries(
    plan.ports.map((entry, index) => [String(entry.port), 30_000 + index]),
  );
  const asked = { plan, size: sizeOf(wanted.size, config(given)), config: config(given) };
  const volumes = Object.fromEntries(plan.mounts.map(({ volume }) => [volume, volumeName(ref, volume)]));
  return { ...asked, ref, image, volumes, user: plan.spec.user, hostPorts, publishes: true };
}
