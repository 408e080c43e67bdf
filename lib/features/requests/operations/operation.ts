import type { z } from "zod";
import type { EnvironmentStatus } from "@/gen/kysely/enums";
import type { PlanAction } from "@/lib/engine/plan";
import type { NotificationEvent } from "@/lib/features/notifications";
import type { Permission } from "@/lib/kernel/permissions";

/** The words for a kind of change, in every form that screens, notifications and the API say it in. */
export interface OperationWords {
  /** In lists and filters: "Extend lease". */
  label: string;
  /** Before the quoted name of the environment: "Extend lease of". */
  command: string;
  /** Before the name of the environment while it is under way: "Extending lease of". */
  doing: string;
  /** The same on the environment's own page: "Extending lease". */
  progress: string;
  /** After the name of the environment: " is restarted". */
  ended: string;
  /** In the history of an environment: "Restarted". */
  past: string;
  /** Before what became of it: "Restart" failed. */
  noun: string;
}

/** What must be so for a change to be possible at all. */
interface Needs {
  /** Not a stopped environment. */
  running: boolean;
  /** A lease that has not ended, because it starts components: always, or only those of a stopped environment. */
  lease: "always" | "when stopped" | "no";
  /** Secrets that can be read. What ends or holds an environment works also where its key is lost. */
  secrets: boolean;
  /** Room on the disk. What frees space or brings something back continues without. */
  diskRoom: boolean;
}

/** What a change does to components. */
export type Work =
  /** Each becomes what version and parameters say: planned with the clouds. */
  | { plan: "desired" }
  /** Each is removed. */
  | { plan: "removal" }
  /** The same step for each, or for the one that the body names. */
  | { plan: "each"; action: PlanAction; reason: string }
  /** What it does depends on what is found: its own function plans it. */
  | { plan: "own" };

/** What a run has beside the steps of its components. */
interface Ends {
  /** Waits until what depends on the changed components is healthy again: on those, on all, or not at all. */
  settles: "dependents" | "all" | "no";
  /** The template's acceptance checks. */
  verifies: boolean;
}

/**
 * One kind of change to an environment: everything that tells it from the others. Who adds a kind adds its file, its line
 * in the table and its value in the database; all else derives from that.
 */
export interface Operation<Body extends z.ZodType | null = z.ZodType | null> {
  /** Body of POST /requests and POST /plans; null for what only Rostrum itself asks for. */
  body: Body;
  words: OperationWords;
  /** What the requester must be allowed to do in the project. */
  permission: Permission;
  needs: Needs;
  work: Work;
  ends: Ends;
  /** Makes the parameters, secrets, uploads and price of the environment those of the request. */
  setsParameters: boolean;
  /** Makes components that did not exist, so that it needs quota. */
  takesQuota: boolean;
  /** Can raise what is paid, so that the policies about costs decide. */
  raisesCost: boolean;
  /** The environment's status while its run is under way; null leaves it as it is. */
  statusDuring: EnvironmentStatus | null;
  /** The status after its run succeeded; null leaves it as it is. */
  statusAfter: EnvironmentStatus | null;
  /** Stands beside changes: its failure leaves the environment as it was, and an earlier failed change can be resumed. */
  besideChanges: boolean;
  /** What the requester is told when it succeeded, and when it failed. */
  notices: Record<"succeeded" | "failed", NotificationEvent["kind"]>;
  /** Whether the owner hears of a failure when Rostrum itself asked for it. */
  tellsOwnerOfFailure: boolean;
  /** A mark in the charts of an environment. */
  marksCharts: boolean;
}

/** What most changes have in common; a kind's file says what is different. */
export const ordinary = {
  permission: "environment.request",
  needs: { running: false, lease: "no", secrets: true, diskRoom: false },
  ends: { settles: "no", verifies: false },
  setsParameters: false,
  takesQuota: false,
  raisesCost: false,
  statusDuring: "changing",
  statusAfter: "running",
  besideChanges: false,
  notices: { succeeded: "run.succeeded", failed: "run.failed" },
  tellsOwnerOfFailure: true,
  marksCharts: false,
} as const satisfies Partial<Operation>;
