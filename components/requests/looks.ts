import type { DiffAction } from "@/components/ui/diff";
import type { Tone } from "@/components/ui/tone";
import type { VerdictEffect } from "@/lib/features/policies/schema";
import type { PlanChangeAction, PreviewDto, RequestStatus } from "@/lib/features/requests/schema";

export const requestTones: Record<RequestStatus, Tone> = {
  pending_approval: "warning",
  approved: "busy",
  running: "busy",
  succeeded: "good",
  failed: "bad",
  rejected: "bad",
  cancelled: "neutral",
  expired: "neutral",
};

export const effectLooks: Record<VerdictEffect, { tone: Tone; word: string }> = {
  allow: { tone: "good", word: "Passed" },
  warn: { tone: "warning", word: "Warning" },
  require_approval: { tone: "warning", word: "Requires approval" },
  deny: { tone: "bad", word: "Blocked" },
};

export const outcomeLooks: Record<PreviewDto["outcome"], { tone: Tone; word: string; sentence: string }> = {
  starts: { tone: "good", word: "Auto-approved", sentence: "No approval required. Starts immediately." },
  needs_approval: {
    tone: "warning",
    word: "Requires approval",
    sentence: "Starts after an approver approves it.",
  },
  denied: { tone: "bad", word: "Blocked by policy", sentence: "This request violates a policy." },
  over_quota: { tone: "bad", word: "Over quota", sentence: "This request exceeds the project quota." },
};

/** What a line of a plan says: a move is shown as its parts, of which one copies data. */
export type PlanRowAction = PlanChangeAction | "copy";

/** Marks of the plan's actions; what is done to a component that stays what it is counts as an update. */
export function diffActionOf(action: PlanRowAction): DiffAction {
  if (action === "create" || action === "replace" || action === "delete" || action === "no-op") return action;
  return "update";
}

const actionWords: Partial<Record<PlanRowAction, string>> = {
  stop: "stop",
  start: "start",
  restart: "restart",
  recover: "recover",
  repair: "repair",
  recreate: "recreate",
  restore: "restore data",
  backup: "back up",
  run: "run an action",
  move: "move",
  copy: "copy data",
};

/** What is done, in words, where the plan's mark does not say it. */
export function actionWord(action: PlanRowAction): string | undefined {
  return actionWords[action];
}
