import type { Address, DesiredComponent, ImplementationKind, Size } from "@/lib/clouds/contract";

/** What a plan does to a component. The last seven are things done to components that stay what they are. */
export const changeActions = [
  "create",
  "update",
  "replace",
  "delete",
  "no-op",
  "stop",
  "start",
  "restart",
  "recover",
  "restore",
  "backup",
  "run",
] as const;
export type PlanAction = (typeof changeActions)[number];

/** One value that changes. Secrets and values known only after apply are marked, never shown. */
export interface DiffEntry {
  path: string;
  before: unknown;
  after: unknown;
  secret?: true;
  unknown?: true;
}

/** What a plan does to one component, in dependency order. */
export interface PlanChange {
  component: string;
  title: string;
  action: PlanAction;
  kind: ImplementationKind;
  cloud: { id: string; name: string };
  /** Components whose change comes first. */
  dependsOn: string[];
  /** A no-op that is looked at again in the run because a neighbour it is linked to changes. */
  follows: boolean;
  disruptive: boolean;
  reason: string;
  size: Size;
  replicas: number;
  before: { size: Size; replicas: number } | null;
  diff: DiffEntry[];
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
