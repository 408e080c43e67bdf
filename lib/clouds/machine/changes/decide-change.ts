import { canonicalJson } from "@/lib/kernel/canonical";
import type { ChangeVerdict, DesiredComponent } from "../../contract";
import { parseSpec } from "../spec";

/** Pure: another program starts again; all else changes in place, with or without a restart. */
export function decideChange(before: DesiredComponent, after: DesiredComponent): ChangeVerdict {
  const [old, next] = [parseSpec(before), parseSpec(after)];
  if (old.program !== next.program) {
    return {
      action: "replace",
      disruptive: true,
      reason: `The program changes from ${old.program} to ${next.program}`,
    };
  }
  const lost = old.volumes.filter((volume) => !next.volumes.some((one) => one.name === volume.name));
  const update = (disruptive: boolean, reason: string): ChangeVerdict => ({
    action: "update",
    disruptive,
    reason,
  });
  if (lost.length > 0) {
    const names = lost.map((volume) => volume.name).join(", ");
    return update(true, `The process is restarted, and its volume ${names} is deleted with its data`);
  }
  if (canonicalJson(old) !== canonicalJson(next) || before.filesDigest !== after.filesDigest) {
    const rolling = before.replicas > 1 && after.replicas > 1 && next.ports.length > 0;
    return rolling
      ? update(false, "Replicas are restarted one after another")
      : update(true, "The process is restarted with the new settings");
  }
  if (before.replicas === 1 && after.replicas > 1 && next.ports.length > 0) {
    return update(true, "The process is restarted once, behind a balancer that takes over its port");
  }
  if (before.replicas !== after.replicas)
    return update(false, "Replicas are started or stopped; the others keep running");
  if (canonicalJson(before.size) !== canonicalJson(after.size)) {
    return update(false, "Limits change without a restart");
  }
  return update(false, "No running process changes");
}
