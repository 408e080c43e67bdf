import type { RequestKind } from "./schema";

/** The words for a kind of change, in every form that screens, notifications and the API say it in. */
interface KindWords {
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

/** The one table: a kind without its words does not compile. */
const kindWords: Record<RequestKind, KindWords> = {
  create: {
    label: "New environment",
    command: "New environment",
    doing: "Creating",
    progress: "Creating environment",
    ended: " is ready",
    past: "Created",
    noun: "Creation",
  },
  update: {
    label: "Change",
    command: "Change",
    doing: "Updating",
    progress: "Applying changes",
    ended: " is updated",
    past: "Updated",
    noun: "Update",
  },
  stop: {
    label: "Stop",
    command: "Stop",
    doing: "Stopping",
    progress: "Stopping environment",
    ended: " is stopped",
    past: "Stopped",
    noun: "Stop",
  },
  start: {
    label: "Start",
    command: "Start",
    doing: "Starting",
    progress: "Starting environment",
    ended: " is running again",
    past: "Started",
    noun: "Start",
  },
  restart: {
    label: "Restart",
    command: "Restart",
    doing: "Restarting",
    progress: "Restarting components",
    ended: " is restarted",
    past: "Restarted",
    noun: "Restart",
  },
  repair: {
    label: "Repair",
    command: "Repair",
    doing: "Repairing",
    progress: "Repairing environment",
    ended: " is repaired",
    past: "Repaired",
    noun: "Repair",
  },
  heal: {
    label: "Heal",
    command: "Heal",
    doing: "Healing",
    progress: "Healing environment",
    ended: " is healed",
    past: "Healed",
    noun: "Healing",
  },
  scale: {
    label: "Scale",
    command: "Scale",
    doing: "Scaling",
    progress: "Scaling environment",
    ended: " is scaled",
    past: "Scaled",
    noun: "Scaling",
  },
  extend: {
    label: "Extend lease",
    command: "Extend lease of",
    doing: "Extending lease of",
    progress: "Extending lease",
    ended: ": lease extended",
    past: "Lease extended",
    noun: "Lease extension",
  },
  backup: {
    label: "Back up",
    command: "Back up",
    doing: "Backing up",
    progress: "Backing up environment",
    ended: " is backed up",
    past: "Backed up",
    noun: "Backup",
  },
  restore: {
    label: "Restore",
    command: "Restore",
    doing: "Restoring",
    progress: "Restoring data",
    ended: " is restored",
    past: "Restored",
    noun: "Restore",
  },
  action: {
    label: "Action",
    command: "Run action in",
    doing: "Running action on",
    progress: "Running action",
    ended: ": action completed",
    past: "Action completed",
    noun: "Action",
  },
  destroy: {
    label: "Destroy",
    command: "Destroy",
    doing: "Destroying",
    progress: "Destroying environment",
    ended: " is destroyed",
    past: "Destroyed",
    noun: "Destruction",
  },
};

/** For lists and filters. */
export const requestKindLabels = Object.fromEntries(
  Object.entries(kindWords).map(([kind, { label }]) => [kind, label]),
) as Record<RequestKind, string>;

/** A request as a headline: New environment “promo-load-test”. */
export function requestTitle(request: { kind: RequestKind; environmentName: string }): string {
  return `${kindWords[request.kind].command} “${request.environmentName}”`;
}

/** What is being done to an environment, on its own page: "Applying changes". */
export function progressWords(kind: RequestKind): string {
  return kindWords[kind].progress;
}

/** A run as a headline: "Creating shop-staging". */
export function runWords(kind: RequestKind, environment: string): string {
  return `${kindWords[kind].doing} ${environment}`;
}

/** How a run succeeded, as a sentence without its full stop: "shop-staging is ready". */
export function successWords(kind: RequestKind, environment: string): string {
  return `${environment}${kindWords[kind].ended}`;
}

/** What was done, in the history of an environment: "Restarted". */
export function pastWords(kind: RequestKind): string {
  return kindWords[kind].past;
}

/** A change as a noun, before what became of it: "Lease extension" failed. */
export function kindNoun(kind: RequestKind): string {
  return kindWords[kind].noun;
}
