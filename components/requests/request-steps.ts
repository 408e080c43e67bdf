import type { Tone } from "@/components/ui/tone";
import type { RequestDetail } from "@/lib/features/requests/schema";

export interface TimelineEntry {
  key: string;
  tone: Tone;
  title: string;
  who: string;
  /** Null: not yet. */
  at: string | null;
  note?: string;
  /** The note is someone's own words. */
  said?: boolean;
  href?: string;
}

type Facts = Pick<
  RequestDetail,
  | "status"
  | "createdAt"
  | "decidedAt"
  | "finishedAt"
  | "expiresAt"
  | "requester"
  | "decisions"
  | "reason"
  | "message"
  | "runId"
  | "project"
>;

const ends: Partial<Record<RequestDetail["status"], { tone: Tone; title: string }>> = {
  succeeded: { tone: "good", title: "Completed" },
  failed: { tone: "bad", title: "Failed" },
  cancelled: { tone: "neutral", title: "Canceled" },
  expired: { tone: "neutral", title: "Expired without a decision" },
};

/** A request's way so far, and the step it is at. */
export function requestSteps(request: Facts): TimelineEntry[] {
  const { status } = request;
  const who = request.requester?.name ?? "System";
  const steps: TimelineEntry[] = [
    { key: "asked", tone: "accent", title: "Submitted", who, at: request.createdAt },
  ];
  for (const decision of request.decisions) {
    const approved = decision.decision === "approve";
    steps.push({
      key: `decided-${decision.at}`,
      tone: approved ? "good" : "bad",
      title: approved ? "Approved" : "Rejected",
      who: decision.approver,
      at: decision.at,
      ...(decision.reason ? { note: decision.reason, said: true } : {}),
    });
  }
  if (status === "pending_approval") {
    const waits = `Assigned to ${request.project.name} approvers`;
    steps.push({ key: "waiting", tone: "busy", title: "Pending approval", who: waits, at: null });
  } else if (
    request.decisions.length === 0 &&
    request.decidedAt &&
    status !== "cancelled" &&
    status !== "expired"
  ) {
    steps.push({
      key: "allowed",
      tone: "good",
      title: "Auto-approved",
      who: "No policy required approval",
      at: request.decidedAt,
    });
  }
  if (request.runId) {
    const running = status === "running" || status === "approved";
    steps.push({
      key: "run",
      tone: running ? "busy" : "accent",
      title: running ? "Running" : "Applied",
      who: "System",
      at: null,
      href: `/runs/${request.runId}`,
    });
  }
  const end = ends[status];
  if (end) {
    const message = status === "succeeded" ? "" : request.message;
    steps.push({
      key: "end",
      ...end,
      who: "",
      at: request.finishedAt,
      ...(message ? { note: message } : {}),
    });
  }
  return steps;
}

/** The state of the request and who acts next, in one sentence. */
export function whereItIs(
  request: Pick<RequestDetail, "status" | "project" | "decisions" | "stale" | "message">,
): string {
  const last = request.decisions.at(-1);
  switch (request.status) {
    case "pending_approval":
      return request.stale
        ? "The environment changed since this plan was created. Re-plan to continue."
        : `Assigned to ${request.project.name} approvers.`;
    case "approved":
    case "running":
      return "In progress.";
    case "succeeded":
      return "Completed.";
    case "failed":
      return "The run failed. Open the run to resume or roll back.";
    case "rejected":
      return last ? `Rejected by ${last.approver}.` : "Rejected.";
    case "cancelled":
      return ["Canceled.", request.message, "Reserved quota was released."].filter(Boolean).join(" ");
    case "expired":
      return "Expired without a decision. Submit a new request if you still need it.";
  }
}
