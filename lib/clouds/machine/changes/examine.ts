import { existsSync } from "node:fs";
import { type ComponentRef, type DesiredComponent, DriverError, type Fault } from "../../contract";
import { ComponentHandle } from "../component";
import { lostVolumes } from "../data/lost-volumes";
import { type Machine, pathsIn } from "../machine";
import { balancerName, living } from "../processes/processes";
import { type ComponentRecord, readRecord } from "../record";
import { newRecord } from "./change";

/** What of a component is gone, damaged or stopped on this machine. Looks only; takes no lock. */
export function examineComponent(machine: Machine, ref: ComponentRef, desired: DesiredComponent): Fault[] {
  const { root, record: path } = pathsIn(machine, ref);
  const { record, fault } = readWhole(path);
  const meant = { ...(record ?? newRecord(ref, desired, machine.uids?.ownerOf(ref) ?? null)), desired };
  const component = new ComponentHandle(machine, ref, meant);
  const volumes = lostVolumes(component);
  const lost = volumes.map(({ name, kind }): Fault => ({ kind, what: `volume ${name}`, losesData: true }));
  if (!existsSync(root)) return [{ kind: "gone", what: "folder", losesData: false }, ...lost];
  if (fault) return [fault, ...lost];
  const isFilled = existsSync(component.releaseDir);
  return [
    ...lost,
    ...(isFilled ? [] : [{ kind: "gone" as const, what: "program files", losesData: false }]),
    ...stoppedOf(component),
  ];
}

function readWhole(path: string): { record: ComponentRecord | null; fault: Fault | null } {
  try {
    const record = readRecord(path);
    const fault = record ? null : { kind: "gone" as const, what: "record", losesData: false };
    return { record, fault };
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    return { record: null, fault: { kind: "damaged", what: "record", losesData: false } };
  }
}

function stoppedOf(component: ComponentHandle): Fault[] {
  const { record } = component;
  const names = [...component.replicaNames, ...(record.balanced ? [balancerName] : [])];
  return names
    .filter((name) => living(component, name) === null)
    .map((name) => ({ kind: "stopped", what: component.spoken(name), losesData: false }));
}
