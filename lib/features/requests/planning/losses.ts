import type { CloudConnection } from "@/lib/clouds/contract";
import { type ExistingComponent, type LostVolume, type PlanChange, volumesOf } from "@/lib/engine/plan";
import type { Manifest } from "@/lib/engine/template/types";
import { backupOf, type GoodPart } from "@/lib/features/backups";
import { destroyedBackupDays } from "@/lib/features/backups/schema";
import type { EnvironmentContext } from "@/lib/features/environments";
import { formatBytes, formatCount, formatDate } from "@/lib/kernel/format";
import type { Loss } from "../loss-schema";
import { operationOf } from "../operations";
import type { PricedPlan } from "./stages";

/**
 * Everything a change deletes or empties: data, backups that can't be restored any more, and addresses that people use. Read
 * from the plan's changes, from what is stored and from what the clouds of the environment are able to do.
 * @param copies whether a safety backup is to be made first
 */
export function lossesOf(plan: PricedPlan, copies: boolean): Loss[] {
  const { kind, context, changes, version, backups, sizes, homes } = plan;
  const isEnd = operationOf(kind).work.plan === "removal";
  if (!context) return [];
  const losses = changes.flatMap((change) => {
    const existing = context.existing.get(change.component);
    if (!existing || !(change.lostVolumes?.length || change.lostPorts?.length)) return [];
    const facts: ComponentFacts = {
      isEnd,
      manifest: version.manifest,
      wantsCopy: copies,
      context,
      change,
      existing,
      parts: backups.filter((part) => part.component === change.component),
      sizeBytes: sizes.get(change.component) ?? null,
      connection: homes.get(existing.cloudId),
    };
    return [...dataLosses(facts), ...backupLosses(facts), ...addressLosses(facts)];
  });
  return isEnd ? [...losses, ...keptBackups(backups)] : losses;
}

interface ComponentFacts {
  /** The environment is destroyed. */
  isEnd: boolean;
  /** The manifest that holds after the change. */
  manifest: Manifest;
  /** False when the requester wants no safety backup. */
  wantsCopy: boolean;
  context: EnvironmentContext;
  change: PlanChange;
  existing: ExistingComponent;
  parts: readonly GoodPart[];
  sizeBytes: number | null;
  connection: CloudConnection | undefined;
}

function dataLosses(facts: ComponentFacts): Loss[] {
  const { change, parts } = facts;
  const lost = change.lostVolumes ?? [];
  const newest = parts[0];
  return lost.map((volume) => {
    const loss = {
      component: change.component,
      title: change.title,
      kind: "data" as const,
      name: volume.name,
      reason: volume.reason,
      // What is measured is the component; only of a single volume is that the volume.
      sizeBytes: volumesOf(facts.existing.view).length > 1 ? null : facts.sizeBytes,
      lastBackup: newest
        ? {
            id: newest.backupId,
            at: newest.at.toISOString(),
            restorable: partsOf(parts, newest.backupId).every((part) => canRestore(facts, part)),
          }
        : null,
      safetyCopy: facts.wantsCopy && canCopy(facts, volume),
    };
    return { ...loss, sentence: dataSentence(loss, volume) };
  });
}

/** Whether the cloud can copy that data: by the template's dump, or as files. */
function canCopy({ connection, context, existing }: ComponentFacts, { name }: LostVolume): boolean {
  if (!connection) return false;
  const backup = backupOf(context.inputs.manifest, existing.component, existing.kind);
  // What is stopped can't dump; its volumes can be copied.
  if (backup?.dump && connection.exec && context.row.status !== "stopped") return true;
  return Boolean(connection.copyOut) && (name !== "" || Boolean(backup?.snapshot?.length));
}

/** Whether the component, as it is after the change, can take a part of a backup. */
function canRestore({ isEnd, manifest, change }: ComponentFacts, { method }: GoodPart): boolean {
  // Into a new environment of the same version.
  if (isEnd) return true;
  if (change.action === "delete") return false;
  const block = manifest.spec.components[change.component]?.[change.kind] as
    | Record<string, unknown>
    | undefined;
  if (!block) return false;
  if (method === "dump") return Boolean(backupOf(manifest, change.component, change.kind)?.restore);
  const path = method.replace(/^snapshot:/, "");
  const volumes = volumesOf({ spec: block });
  return volumes.some((one) => one.name === path || one.path === `/${path.replace(/^\/+|\/+$/g, "")}`);
}

function partsOf(parts: readonly GoodPart[], backupId: string): GoodPart[] {
  return parts.filter((part) => part.backupId === backupId);
}

function dataSentence(loss: Omit<Loss, "sentence">, volume: LostVolume): string {
  const size = loss.sizeBytes === null ? "" : ` (${formatBytes(loss.sizeBytes)})`;
  const what =
    volume.name === ""
      ? `All data of ${loss.component}${size}`
      : `Volume ${volume.name} of ${loss.component}${size}`;
  const fate: Record<LostVolume["reason"], string> = {
    volume_removed: "is deleted: the new version doesn’t have this volume.",
    volume_renamed: `is deleted: the new version has an empty volume ${volume.renamedTo ?? ""} in its place.`,
    component_removed: "is deleted: the new version doesn’t have this component.",
    component_replaced: "is deleted: the component is replaced.",
    implementation_changed: "is deleted: another implementation replaces the component.",
    cloud_changed: "is deleted: the component moves to another cloud.",
    environment_destroyed: "is deleted.",
    data_restored: "is replaced by the data in the backup.",
  };
  return `${what} ${fate[volume.reason]} ${copyWords(loss)}`;
}

function copyWords({ safetyCopy, lastBackup }: Omit<Loss, "sentence">): string {
  if (safetyCopy) return "A verified safety backup is made first.";
  if (!lastBackup) return "No backup exists, and none is made first.";
  const restore = lastBackup.restorable ? "" : " and can’t be restored after the change";
  return `No safety backup is made first. The last backup is from ${formatDate(lastBackup.at)}${restore}.`;
}

/** Backups that a change makes useless although they stay. */
function backupLosses(facts: ComponentFacts): Loss[] {
  const { change } = facts;
  if (facts.isEnd || (change.lostVolumes ?? []).length === 0) return [];
  const useless = facts.parts.filter((part) => !canRestore(facts, part));
  if (useless.length === 0) return [];
  const count = new Set(useless.map((part) => part.backupId)).size;
  const sizeBytes = useless.reduce((sum, part) => sum + part.sizeBytes, 0);
  const name = formatCount(count, "backup");
  return [
    {
      component: change.component,
      title: change.title,
      kind: "backup",
      name,
      reason: change.lostVolumes?.[0]?.reason ?? "component_replaced",
      sizeBytes,
      lastBackup: null,
      safetyCopy: false,
      sentence: `${name} of ${change.component} (${formatBytes(sizeBytes)}) can’t be restored in this environment after the change.`,
    },
  ];
}

function keptBackups(parts: readonly GoodPart[]): Loss[] {
  const count = new Set(parts.map((part) => part.backupId)).size;
  if (count === 0) return [];
  const name = formatCount(count, "backup");
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  return [
    {
      component: "",
      title: "",
      kind: "backup",
      name,
      reason: "environment_destroyed",
      sizeBytes,
      lastBackup: null,
      safetyCopy: false,
      sentence: `${name} (${formatBytes(sizeBytes)}) can be restored into a new environment for ${destroyedBackupDays} days, then deleted.`,
    },
  ];
}

function addressLosses({ isEnd, change, existing }: ComponentFacts): Loss[] {
  const reason = isEnd
    ? "environment_destroyed"
    : change.action === "move"
      ? "cloud_changed"
      : change.action === "delete"
        ? "component_removed"
        : "component_replaced";
  const { host, ports, url } = existing.published.external;
  return (change.lostPorts ?? []).flatMap((port): Loss[] => {
    const outside = ports[port];
    if (outside === undefined) return [];
    const name = url && new URL(url).port === String(outside) ? url : `${host}:${outside}`;
    const ends = change.action === "move" ? "changes" : "stops working";
    return [
      {
        component: change.component,
        title: change.title,
        kind: "address",
        name,
        reason,
        sizeBytes: null,
        lastBackup: null,
        safetyCopy: false,
        sentence: `The address ${name} of ${change.component} ${ends}.`,
      },
    ];
  });
}
