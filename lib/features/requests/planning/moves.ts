import type { CloudConnection } from "@/lib/clouds/contract";
import { type Carriage, type DesiredView, type ExistingComponent, volumesOf } from "@/lib/engine/plan";
import type { Backup } from "@/lib/engine/template/types";
import { AppError } from "@/lib/kernel/errors";

export interface MoveFacts {
  existing: ExistingComponent;
  after: DesiredView;
  toCloudName: string;
  /** Undefined when the cloud can't be opened. */
  from: CloudConnection | undefined;
  to: CloudConnection | undefined;
  /** How the component is backed up where it is, and how where it goes. */
  backupBefore: Backup | undefined;
  backupAfter: Backup | undefined;
}

/**
 * How the data of a component gets to another cloud: as files where the implementation stays the same, else by the
 * template's dump and restore.
 * @throws AppError conflict, with the reason, when it can't
 */
export function carriageOf(facts: MoveFacts): Carriage {
  const { existing, after, from, to } = facts;
  const refuse = (why: string) =>
    new AppError("conflict", `Moving ${existing.component} to ${facts.toCloudName} isn’t supported: ${why}`);
  if (!from) throw refuse(`${existing.cloudName} can’t be reached to copy its data.`);
  if (!to) throw refuse(`${facts.toCloudName} can’t be reached.`);
  const isSame = existing.kind === after.kind;
  const volumes = volumesOf(existing.view);
  if (isSame && volumes.length > 0 && from.copyOut && to.copyIn) return "volumes";
  const { backupBefore, backupAfter } = facts;
  if (backupBefore?.dump && backupAfter?.restore && from.exec && to.exec) return "dump";
  if (isSame)
    throw refuse("the clouds can’t copy its data, and the template has no dump and restore for it.");
  throw refuse(
    `a ${existing.kind} becomes a ${after.kind}, and the template has no dump and restore to copy its data.`,
  );
}
