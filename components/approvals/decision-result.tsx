import Link from "next/link";
import { ButtonLink } from "@/components/ui/button";
import { Status } from "@/components/ui/status";

/** What became of a request. */
export interface DecisionOutcome {
  tone: "good" | "bad" | "neutral";
  /** "Approved". */
  status: string;
  /** "Creating shop-staging". */
  detail: string;
  runId: string | null;
}

/** The next request that waits for the viewer, and how many there are with it. */
export interface NextRequest {
  href: string;
  left: number;
}

export interface DecisionResultProps {
  outcome: DecisionOutcome;
  next: NextRequest | null;
  requestId: string;
  /** Of the buttons that were here; 0 when they were not. */
  heightPx: number;
}

/**
 * The result takes the whole room of the buttons that made it, and the way to the next request stands outside of that
 * room, above it on phones and below it elsewhere: a second tap on the same place does nothing.
 */
export function DecisionResult({ outcome, next, requestId, heightPx }: DecisionResultProps) {
  const { tone, status, detail, runId } = outcome;
  return (
    <div
      data-testid="decision-result"
      className="sticky bottom-0 z-20 order-last -mx-4 mt-auto flex flex-col-reverse gap-3 border-t bg-panel px-4 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:mx-0 sm:rounded-card sm:border sm:shadow-panel lg:static lg:order-none lg:mt-0 lg:flex-col"
    >
      <div
        role="status"
        className="grid content-center gap-1 py-3"
        style={heightPx > 0 ? { minHeight: heightPx } : undefined}
      >
        <Status tone={tone} className="font-semibold">
          {status}
        </Status>
        <p className="text-ink-soft">
          {detail}
          {" · "}
          <Link href={runId ? `/runs/${runId}` : `/requests/${requestId}`} className="link font-medium">
            {runId ? "View run" : "View request"}
          </Link>
        </p>
      </div>
      <div className="pt-3 lg:pt-0 lg:pb-3">
        <ButtonLink href={next?.href ?? "/requests/approvals"} className="w-full">
          {next ? `Next request (${next.left} left)` : "Back to approvals"}
        </ButtonLink>
      </div>
    </div>
  );
}
