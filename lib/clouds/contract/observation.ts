import type { ComponentRef, Size } from "./component";

export const resourceStatuses = ["creating", "running", "stopped", "failed", "unknown"] as const;
export type ResourceStatus = (typeof resourceStatuses)[number];

/** Where a component's logical ports answer. Keys are logical port numbers as strings. */
export interface Address {
  host: string;
  ports: Record<string, number>;
}

/** What a cloud says about one component now. */
export type Observation =
  | { present: false }
  | {
      present: true;
      externalId: string;
      status: ResourceStatus;
      /** Key of the change that was last completed on it; null when none was. */
      appliedKey: string | null;
      /** Digest of the DesiredComponent last applied (`desiredDigest`), null when unknown. */
      appliedDigest: string | null;
      /**
       * Facts people see: image, pid, node, started at … Flat, small, no secrets. `startedAt` is when the oldest instance
       * that runs was started, ISO 8601. `outdated` says why the next change must recreate the component although its
       * desired state is the same.
       */
      attributes: Record<string, string | number | boolean | null>;
      /** As neighbors in the same cloud reach it. */
      internal: Address;
      /** As people and components in other clouds reach it. */
      external: Address;
      /** `http://host:port` of the first web port, null when it has none. */
      url: string | null;
      /** Values an automation (script, terraform, http) returned. */
      outputs: Record<string, unknown>;
      replicas: { desired: number; running: number };
      /** Why it is not running, in words, when it is known. */
      message?: string;
    };

/** Something of a component that is not there or not as it must be to serve. */
export interface Fault {
  /** gone: it does not exist · damaged: it exists and cannot be used · stopped: it exists and does not run */
  kind: "gone" | "damaged" | "stopped";
  /** What it is, by its name: "container web", "volume data", "folder". */
  what: string;
  /** Whether data of the component is gone or cannot be used because of it. */
  losesData: boolean;
}

export interface CloudHealth {
  ok: boolean;
  message: string;
  version: string;
  /** Total and still free; null = the cloud cannot say. What is 0 in `total` alone it cannot say either. */
  capacity: { total: Size; free: Size } | null;
  /** Ports it may give to components, and how many of them are free; absent when it gives out none. */
  ports?: { total: number; free: number };
  facts: Record<string, string>;
}

export interface Problem {
  path: string;
  message: string;
}

/** Something that exists in the cloud: this cloud's own (with its ref), another Rostrum cloud's, or not Rostrum's. */
export interface Discovered {
  externalId: string;
  name: string;
  type: string;
  ref: ComponentRef | null;
  /**
   * Id of the other cloud whose mark it carries: two clouds, of one installation or of two, may lead to the same place.
   * Absent for the cloud's own, and for what carries no mark.
   */
  otherCloudId?: string;
  createdAt: Date | null;
}

/** Something outside that carries an environment's mark, whether or not Rostrum ever recorded it. */
export interface OwnedObject {
  /** What it is, in a word: container, network, volume, folder, process, port … */
  type: string;
  name: string;
  /** The component it belongs to; "" for what belongs to the environment as a whole. */
  component: string;
}
