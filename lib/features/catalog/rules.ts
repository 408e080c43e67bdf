import { AppError } from "@/lib/kernel/errors";
import { type VersionCheck, type VersionStatus, type VersionTransition, versionStatusLabels } from "./schema";
import { versionStates } from "./states";

interface TransitionRule {
  to: VersionStatus;
  permission: "template.author" | "template.publish";
  /** A second pair of eyes: no one who contributed to the version may do it. */
  byAnother: boolean;
  needsNote: boolean;
}

/** How a version moves on in its life, from where `versionStates` lets it. */
export const transitionRules: Record<VersionTransition, TransitionRule> = {
  submit: {
    to: "in_review",
    permission: "template.author",
    byAnother: false,
    needsNote: false,
  },
  publish: {
    to: "published",
    permission: "template.publish",
    byAnother: true,
    needsNote: false,
  },
  reject: {
    to: "draft",
    permission: "template.publish",
    byAnother: false,
    needsNote: true,
  },
  deprecate: {
    to: "deprecated",
    permission: "template.publish",
    byAnother: false,
    needsNote: false,
  },
  retire: {
    to: "retired",
    permission: "template.publish",
    byAnother: false,
    needsNote: false,
  },
};

export interface TransitionInput {
  transition: VersionTransition;
  status: VersionStatus;
  /** Everybody whose content is or was in the draft. */
  contributorIds: readonly string[];
  actorId: string | null;
  note: string;
  checks: readonly VersionCheck[];
}

/**
 * Whether a transition may happen; answers the status it leads to.
 * @throws AppError conflict (wrong status), forbidden (contributed to it), validation_failed (no note, failed checks)
 */
export function decideTransition(input: TransitionInput): VersionStatus {
  const rule = transitionRules[input.transition];
  if (!versionStates.allows(input.status, rule.to)) {
    const status = versionStatusLabels[input.status];
    throw new AppError("conflict", `Can’t ${input.transition} a version with status ${status}.`);
  }
  if (rule.byAnother && input.actorId !== null && input.contributorIds.includes(input.actorId)) {
    throw new AppError(
      "forbidden",
      "You contributed to this version, so you can’t publish it. Ask another administrator to review it.",
    );
  }
  if (rule.needsNote && input.note === "") {
    throw new AppError("validation_failed", "Enter what needs to change.", {
      problems: [{ path: "note", message: "must not be empty" }],
    });
  }
  if (input.transition === "submit" || input.transition === "publish") refuseFailed(input.checks);
  return rule.to;
}

function refuseFailed(checks: readonly VersionCheck[]): void {
  const problems = checks
    .filter((check) => check.state === "failed")
    .flatMap((check) => check.messages.map((message) => ({ path: `checks.${check.name}`, message })));
  if (problems.length > 0) {
    throw new AppError("validation_failed", "Checks failed. Fix them before publishing.", { problems });
  }
}

/** Which transitions a status allows, for buttons. */
export function transitionsFrom(status: VersionStatus): VersionTransition[] {
  return (Object.keys(transitionRules) as VersionTransition[]).filter((name) =>
    versionStates.allows(status, transitionRules[name].to),
  );
}

/** Whether a version in this status was reviewed and published once. */
export function isReleased(status: VersionStatus): boolean {
  return status !== "draft" && status !== "in_review";
}
