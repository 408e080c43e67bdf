import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type ChangeAction, type DesiredComponent, DriverError } from "../contract";
import { runtimeVolumes } from "../runtime-volumes";
import type { SimulatedThing, SimulatedVolume } from "./store";

/** The end of a tar, and with it a tar of nothing. */
const emptyTar = Buffer.alloc(1_024);

/** The volumes of a thing after a change: those that keep their name keep their content, unless it is replaced. */
export function volumesAfter(
  before: SimulatedThing | null,
  action: ChangeAction,
  desired: DesiredComponent,
): SimulatedVolume[] {
  const listed = Array.isArray(desired.spec.volumes) ? desired.spec.volumes.map(String) : [];
  const all = [...listed, ...runtimeVolumes(desired.spec.program).map((name) => `${name}:${name}`)];
  const kept = action === "replace" ? [] : (before?.volumes ?? []);
  const named = all.map((entry) => {
    const [name = "", path = ""] = entry.split(":");
    return { name, path, tar: kept.find((one) => one.name === name)?.tar ?? "" };
  });
  return named.filter(({ name }, at) => named.findIndex((one) => one.name === name) === at);
}

/** The content of a volume, named by its name or path. @throws DriverError permanent, when there is none */
export function readVolume(thing: SimulatedThing, path: string): Readable {
  const { tar } = volumeOf(thing, path);
  return Readable.from([tar === "" ? emptyTar : Buffer.from(tar, "base64")]);
}

/** The volumes of a thing with the content of one exchanged. @throws DriverError permanent, when it is no tar */
export async function writeVolume(
  thing: SimulatedThing,
  path: string,
  tar: Readable,
): Promise<SimulatedVolume[]> {
  const volume = volumeOf(thing, path);
  const content = await buffer(tar);
  if (content.length === 0 || content.length % 512 !== 0)
    throw new DriverError("permanent", `The copy for ${path} is damaged.`);
  const next = { ...volume, tar: content.toString("base64") };
  return [...(thing.volumes ?? []).filter((one) => one.name !== volume.name), next];
}

function volumeOf(thing: SimulatedThing, path: string): SimulatedVolume {
  const plain = (text: string) => text.replace(/^\/+|\/+$/g, "");
  const found = (thing.volumes ?? []).find((one) => one.name === path || plain(one.path) === plain(path));
  if (found) return found;
  // Things from before volumes were kept, and those of demonstration data, have none written down.
  if (!thing.volumes) return { name: path, path, tar: "" };
  throw new DriverError("permanent", `${thing.ref.component} has no volume ${path}.`);
}
