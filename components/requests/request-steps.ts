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
  /** The note is somebody's own words. */
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
  succeeded: { tone: "good", title: "Done" },
  failed: { tone: "bad", title: "Failed" },
  cancelled: { tone: "neutral", title: "Taken back" },
  expired: { tone: "neutral", title: "Expired: nobody decided in time" },
};

/** A request's way so far, and the step it is at. */
export function requestSteps(request: Facts): TimelineEntry[] {
  const { status } = request;
  const who = request.requester?.name ?? "Rostrum itself";
  const steps: TimelineEntry[] = [
    { key: "asked", tone: "accent", title: "Asked", who, at: request.createdAt },
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
    const waits = `The approvers of ${request.project.name} have it`;
    steps.push({ key: "waiting", tone: "busy", title: "Waiting for a decision", who: waits, at: null });
  } else if (
    request.decisions.length === 0 &&
    request.decidedAt &&
    status !== "cancelled" &&
    status !== "expired"
  ) {
    steps.push({
      key: "allowed",
      tone: "good",
      title: "Allowed at once",
      who: "no rule asked for an approval",
      at: request.decidedAt,
    });
  }
  if (request.runId) {
    const running = status === "running" || status === "approved";
    steps.push({
      key: "run",
      tone: running ? "busy" : "accent",
      title: running ? "Being carried out" : "Carried out",
      who: "Rostrum",
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

/** Where it is and who has it, in one sentence. */
export function whereItIs(
  request: Pick<RequestDetail, "status" | "project" | "decisions" | "stale">,
): string {
  const last = request.decisions.at(-1);
  switch (request.status) {
    case "pending_approval":
      return request.stale
        ? "Its environment changed since this was planned: it has to be planned again."
        : `The approvers of ${request.project.name} have it.`;
    case "approved":
    case "running":
      return "Rostrum is carrying it out.";
    case "succeeded":
      return "It is done.";
    case "failed":
      return "It failed on the way. Its run says what exists and how to go on.";
    case "rejected":
      return last ? `${last.approver} rejected it.` : "It was rejected.";
    case "cancelled":
      return "It was taken back. Nothing was kept for it.";
    case "expired":
      return "Nobody decided in time. Ask again if it is still needed.";
  }
}
