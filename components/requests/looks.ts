import type { DiffAction } from "@/components/ui/diff";
import type { Tone } from "@/components/ui/tone";
import type { VerdictEffect } from "@/lib/features/policies/schema";
import type { PreviewDto, RequestKind, RequestStatus } from "@/lib/features/requests/schema";

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
  allow: { tone: "good", word: "Allowed" },
  warn: { tone: "warning", word: "Warning" },
  require_approval: { tone: "warning", word: "Needs approval" },
  deny: { tone: "bad", word: "Denied" },
};

export const outcomeLooks: Record<PreviewDto["outcome"], { tone: Tone; word: string; sentence: string }> = {
  starts: { tone: "good", word: "Allowed", sentence: "Starts at once, no approval needed." },
  needs_approval: {
    tone: "warning",
    word: "Needs approval",
    sentence: "An approver of the project decides first.",
  },
  denied: { tone: "bad", word: "Denied", sentence: "A rule does not allow this." },
  over_quota: { tone: "bad", word: "Over quota", sentence: "The project has no room for this." },
};

/** Marks of the plan's actions; what is done to a component that stays what it is counts as an update. */
export function diffActionOf(action: string): DiffAction {
  if (action === "create" || action === "replace" || action === "delete" || action === "no-op") return action;
  return "update";
}

const actionWords: Record<string, string> = {
  stop: "stop",
  start: "start",
  restart: "restart",
  recover: "start again",
  repair: "repair",
  recreate: "recreate",
  restore: "restore its data",
  backup: "back up",
  run: "run an action",
  move: "move",
  copy: "copy its data",
};

/** What is done, in words, where the plan's mark does not say it. */
export function actionWord(action: string): string | undefined {
  return actionWords[action];
}

const verbs: Record<RequestKind, string> = {
  create: "New environment",
  update: "Change",
  stop: "Stop",
  start: "Start",
  restart: "Restart",
  repair: "Repair",
  heal: "Heal",
  scale: "Scale",
  extend: "Keep longer",
  backup: "Back up",
  restore: "Restore",
  action: "Run an action in",
  destroy: "Destroy",
};

/** A request as a headline: New environment “promo-load-test”. */
export function requestTitle(request: { kind: RequestKind; environmentName: string }): string {
  return `${verbs[request.kind]} “${request.environmentName}”`;
}
