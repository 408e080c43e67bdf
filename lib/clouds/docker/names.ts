import { createHash } from "node:crypto";
import type { ComponentRef, Discovered } from "../contract";

/** Labels on everything Rostrum makes in an engine. They are how it finds its own again. */
export const labels = {
  cloud: "rostrum.cloud",
  environment: "rostrum.environment",
  environmentName: "rostrum.environment-name",
  component: "rostrum.component",
  key: "rostrum.key",
  digest: "rostrum.digest",
  replica: "rostrum.replica",
  /** Version of what every container was given when it was made (see contained.ts). */
  containment: "rostrum.containment",
  /** component, balancer, helper, network, volume or record. */
  role: "rostrum.role",
  /** Digest of everything that cannot be changed on a living container. */
  shape: "rostrum.shape",
  /** Published ports as JSON: logical → host. */
  ports: "rostrum.ports",
  /** The image as the manifest names it, and what the engine was given for it. */
  image: "rostrum.image",
  imageReference: "rostrum.image-reference",
  /** Logical port of the url, "" when there is none. */
  web: "rostrum.web",
  /** Name of the volume in the manifest. */
  volume: "rostrum.volume",
  /** The last completed change, as JSON (see record.ts). */
  record: "rostrum.record",
} as const;

export type Role = "component" | "balancer" | "helper" | "network" | "volume" | "record";

/** Ten hex digits of an environment's id: names stay short, and labels keep the whole id. */
export function shortId(environmentId: string): string {
  return createHash("sha256").update(environmentId).digest("hex").slice(0, 10);
}

export function containerName(ref: ComponentRef, replica = 1): string {
  const base = `rostrum-${ref.environmentName}-${ref.component}-${shortId(ref.environmentId)}`;
  return replica === 1 ? base : `${base}-${replica}`;
}

export function balancerName(ref: ComponentRef): string {
  return `${containerName(ref)}-balancer`;
}

/** Where a container that is being replaced waits until its successor has proven itself. */
export function previousName(name: string): string {
  return `${name}-previous`;
}

export function networkName(environmentId: string): string {
  return `rostrum-${shortId(environmentId)}`;
}

type VolumeOwner = Pick<ComponentRef, "environmentId" | "component">;

/** Names of components hold no dot, so no two volumes of an environment share a name. */
export function volumeName(ref: VolumeOwner, volume: string): string {
  return `rostrum-${shortId(ref.environmentId)}-${ref.component}.${volume}`;
}

/** The name that earlier versions gave: `a-b` with `c` and `a` with `b-c` had the same. Only existing volumes have it. */
export function earlierVolumeName(ref: VolumeOwner, volume: string): string {
  return `rostrum-${shortId(ref.environmentId)}-${ref.component}-${volume}`;
}

/** Does a volume's name, of this version or an earlier one, belong to a component? Earlier names hold no dot. */
export function ownsVolume(ref: VolumeOwner, name: string): boolean {
  const after = (prefix: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : "");
  return /^[^.]+$/.test(after(volumeName(ref, ""))) || /^[^.]+$/.test(after(earlierVolumeName(ref, "")));
}

/** Name of the volume that holds a component's record. Names of a manifest's volumes hold no dot. */
export function recordName(ref: VolumeOwner, hash: string): string {
  return `${volumeName(ref, "record")}.${hash}`;
}

/** Labels of an object of a component. */
export function refLabels(cloudId: string, ref: ComponentRef, role: Role): Record<string, string> {
  return {
    [labels.cloud]: cloudId,
    [labels.environment]: ref.environmentId,
    [labels.environmentName]: ref.environmentName,
    [labels.component]: ref.component,
    [labels.role]: role,
  };
}

/** Filter of the Engine API for objects of an environment, or of one component of it. */
export function labelFilter(environmentId: string, component?: string, role?: Role): string {
  const wanted = [`${labels.environment}=${environmentId}`];
  if (component !== undefined) wanted.push(`${labels.component}=${component}`);
  if (role !== undefined) wanted.push(`${labels.role}=${role}`);
  return JSON.stringify({ label: wanted });
}

/** Whose an object is. */
export type Owner = Pick<Discovered, "ref" | "otherCloudId">;

/** The component of this cloud that an object belongs to by its labels, or the other cloud that made it. */
export function ownerOf(cloudId: string, given: Record<string, string> | null | undefined): Owner {
  const marked = given?.[labels.cloud];
  if (marked !== undefined && marked !== cloudId) return { ref: null, otherCloudId: marked };
  return { ref: refOf(cloudId, given) };
}

/** The component an object belongs to by its labels; null for all that this cloud didn't make. */
export function refOf(
  cloudId: string,
  given: Record<string, string> | null | undefined,
): ComponentRef | null {
  const environmentId = given?.[labels.environment];
  if (!given || !environmentId || given[labels.cloud] !== cloudId) return null;
  return {
    environmentId,
    environmentName: given[labels.environmentName] ?? "",
    // The network of an environment belongs to no component of it.
    component: given[labels.component] ?? "",
  };
}
