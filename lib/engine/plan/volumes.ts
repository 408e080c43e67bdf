import { logicalPorts } from "@/lib/clouds/logical-ports";
import { runtimeVolumes } from "@/lib/clouds/runtime-volumes";
import type { DesiredView, LossReason, LostVolume } from "./types";

/** A named volume of a component and where it is mounted. A volume mounted twice has its first path. */
export interface NamedVolume {
  name: string;
  path: string;
}

/** Kinds whose block lists its volumes. Of the others a plan can only tell that they hold data. */
const listed: ReadonlySet<string> = new Set(["container", "process"]);

/**
 * The named volumes of a component's implementation block: `name:/path`, with or without a mode, and those that its program
 * has by itself, whose path is their name.
 */
export function volumesOf({ spec }: Pick<DesiredView, "spec">): NamedVolume[] {
  const found = new Map<string, NamedVolume>();
  for (const entry of Array.isArray(spec.volumes) ? spec.volumes : []) {
    const [name = "", path = ""] = String(entry).split(":");
    if (name !== "" && !found.has(name))
      found.set(name, { name, path: `/${path.replace(/^\/+|\/+$/g, "")}` });
  }
  for (const name of runtimeVolumes(spec.program))
    if (!found.has(name)) found.set(name, { name, path: name });
  return [...found.values()];
}

/**
 * What a component keeps: its named volumes; one without a name where only its size or its backup tells that it keeps
 * something. Empty when it keeps nothing.
 */
export function dataOf(view: DesiredView, isBackedUp: boolean): NamedVolume[] {
  const volumes = volumesOf(view);
  if (volumes.length > 0) return volumes;
  const opaque = !listed.has(view.kind) && view.size.storageBytes > 0;
  return isBackedUp || opaque ? [{ name: "", path: "" }] : [];
}

/** What becomes of a component's data in a change. */
export type DataFate =
  /** Changed in place: volumes that keep their name keep their data. */
  | { type: "stays"; after: DesiredView }
  /** Its data is copied to where it goes: volumes that keep their name keep their data. */
  | { type: "carried"; after: DesiredView }
  /** Everything it has is deleted. */
  | { type: "gone"; reason: LossReason; after: DesiredView | null };

/** The volumes whose data a change deletes: all of them, or those that the component has no longer. Pure. */
export function lostVolumes(before: DesiredView, isBackedUp: boolean, fate: DataFate): LostVolume[] {
  const data = dataOf(before, isBackedUp);
  const after = fate.after ? volumesOf(fate.after) : [];
  const kept = new Set(after.map((one) => one.name));
  const had = new Set(data.map((one) => one.name));
  return data.flatMap((one): LostVolume[] => {
    const successor = after.find((next) => next.path === one.path && !had.has(next.name));
    const renamed = one.name !== "" && !kept.has(one.name) && successor;
    if (renamed) return [{ ...one, reason: "volume_renamed", renamedTo: successor.name }];
    if (fate.type === "gone") return [{ ...one, reason: fate.reason }];
    return one.name === "" || kept.has(one.name) ? [] : [{ ...one, reason: "volume_removed" }];
  });
}

/** Logical ports at which outsiders reached a component and no longer do; all of them without `after`. */
export function lostPorts(published: Record<string, number>, after: DesiredView | null): string[] {
  if (!after) return Object.keys(published);
  const kept = new Set(logicalPorts(after.spec));
  return Object.keys(published).filter((port) => !kept.has(port));
}
