import type { Address, DesiredComponent, ImplementationKind, Size } from "@/lib/clouds/contract";

/**
 * What a plan does to a component. A move creates it in another cloud, copies its data and deletes it where it was. The last
 * ones are things done to components that stay what they are: `repair` brings one back by the gentlest means that helps,
 * `recreate` makes its instances again.
 */
export const changeActions = [
  "create",
  "update",
  "replace",
  "move",
  "delete",
  "no-op",
  "stop",
  "start",
  "restart",
  "recover",
  "repair",
  "recreate",
  "restore",
  "backup",
  "run",
] as const;
export type PlanAction = (typeof changeActions)[number];

/**
 * What a step of a run does: what a plan says, of which a move becomes several, the copy of data in a move, and what belongs
 * to a run but to no component.
 */
export const stepActions = [
  ...changeActions.filter((action): action is Exclude<PlanAction, "move"> => action !== "move"),
  "copy",
  "settle",
  "cleanup",
  "verify",
] as const;
export type StepAction = (typeof stepActions)[number];

/** One value that changes. Secrets and values known only after apply are marked, never shown. */
export interface DiffEntry {
  path: string;
  before: unknown;
  after: unknown;
  secret?: true;
  unknown?: true;
}

/** Why data is lost. */
export const lossReasons = [
  "volume_removed",
  "volume_renamed",
  "component_removed",
  "component_replaced",
  "implementation_changed",
  "cloud_changed",
  "environment_destroyed",
  "data_restored",
] as const;
export type LossReason = (typeof lossReasons)[number];

/** A volume whose data a change deletes. Without a name it is all that the component keeps. */
export interface LostVolume {
  name: string;
  path: string;
  reason: LossReason;
  /** The empty volume that takes its place. */
  renamedTo?: string;
}

/** How a move takes data along: not at all (there is none), volume by volume, or by the template's dump and restore. */
export type Carriage = "nothing" | "volumes" | "dump";

/** What a plan does to one component, in dependency order. */
export interface PlanChange {
  component: string;
  title: string;
  action: PlanAction;
  kind: ImplementationKind;
  cloud: { id: string; name: string };
  /** Components whose change comes first. */
  dependsOn: string[];
  /** A no-op that is looked at again in the run because a neighbor it is linked to changes. */
  follows: boolean;
  disruptive: boolean;
  reason: string;
  size: Size;
  replicas: number;
  before: { size: Size; replicas: number } | null;
  diff: DiffEntry[];
  /** Volumes whose data this change deletes. */
  lostVolumes?: LostVolume[];
  /** Logical ports at which people reach it now and won't, or not at the same address. */
  lostPorts?: string[];
  /** Of a move: where the component is deleted when it runs in `cloud`. */
  from?: { id: string; name: string };
  /** Of a move: how its data gets there. */
  carries?: Carriage;
  /** Of a creation: the backup its data comes from. */
  restores?: string;
  /** What becomes of its data where that is gone; absent where none is. */
  dataLoss?: DataLoss;
}

/** A component's data that is gone or cannot be used, and where it comes from. */
export interface DataLoss {
  /** What is gone, by its names: "volume data". */
  what: string[];
  /** The backup it is restored from, and when that was taken (ISO 8601); null when there is none: it starts empty. */
  backup: { id: string; takenAt: string } | null;
}

/** A component's desired state without secrets: kept with the resource, compared and shown. */
export interface DesiredView {
  kind: ImplementationKind;
  replicas: number;
  size: Size;
  spec: Record<string, unknown>;
  files: string;
  health: unknown;
}

export interface PublishedOutput {
  value: unknown;
  secret: boolean;
}

/** What others may read of a component, from inside its cloud and from outside. */
export interface Endpoint extends Address {
  url: string | null;
  outputs: Record<string, PublishedOutput>;
}

export interface Published {
  internal: Endpoint;
  external: Endpoint;
}

/** A component that exists. */
export interface ExistingComponent {
  component: string;
  cloudId: string;
  cloudName: string;
  kind: ImplementationKind;
  /** What was applied last; null when it cannot be read any more. */
  desired: DesiredComponent | null;
  /** Digest of what was applied last; "" when a change of it began and did not end. */
  desiredDigest: string;
  view: DesiredView;
  published: Published;
  /** Why its cloud recreates it at the next change, in words (`outdated` of the observed attributes). */
  outdated?: string | null;
}

export interface Placed {
  cloudId: string;
  cloudName: string;
  kind: ImplementationKind;
}
