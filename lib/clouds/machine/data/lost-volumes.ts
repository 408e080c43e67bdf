import { existsSync } from "node:fs";
import type { ComponentHandle } from "../component";
import { beside } from "./exchange";

export interface LostVolume {
  name: string;
  kind: "gone" | "damaged";
}

/** Volumes whose data is gone, or that the component's program cannot use. */
export function lostVolumes(component: ComponentHandle): LostVolume[] {
  return Object.entries(component.volumes).flatMap(([name, directory]): LostVolume[] => {
    // An exchange that was cut short is ended by the next start: nothing of it is lost.
    const places = [directory, beside(directory, "ready"), beside(directory, "old")];
    if (!places.some((place) => existsSync(place))) return [{ name, kind: "gone" }];
    if (!existsSync(directory)) return [];
    return component.runtime.isDamaged?.(name, directory) ? [{ name, kind: "damaged" }] : [];
  });
}
