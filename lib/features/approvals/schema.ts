import type { EnvironmentStatus } from "@/lib/features/environments/schema";
import type { QuotaUse } from "@/lib/features/quotas/schema";
import type { RequestDetail, RequestKind, RequestStatus } from "@/lib/features/requests/schema";

/** The person who asks, as an approver needs to know them. */
export interface RequesterFacts {
  id: string;
  name: string;
  /** In the request's project; null when they are no member any more. */
  role: string | null;
  /** Requests before this one: how many, and how they ended. */
  earlier: number;
  succeeded: number;
  failed: number;
  rejected: number;
  /** Living environments in the request's project, dearest first; at most six. */
  environments: {
    id: string;
    name: string;
    template: string;
    status: EnvironmentStatus;
    monthly: string | null;
  }[];
  environmentsTotal: number;
}

/** Something that would do and costs less. Amounts are decimal texts. */
export interface Alternative {
  kind: "preset" | "lease";
  title: string;
  note: string;
  monthly: string;
  untilLeaseEnd: string | null;
  /** The sentence a rejection would begin with. */
  suggestion: string;
}

/** Everything the decision card shows. */
export interface ApprovalCase {
  request: RequestDetail;
  costCenter: { code: string; name: string };
  requester: RequesterFacts | null;
  /** Monthly budget and what is committed without and with this request; null when the project has no budget. */
  budget: { monthly: string; before: string; after: string } | null;
  /** `used` is without, `added` what this request adds. */
  quota: QuotaUse[];
  alternatives: Alternative[];
  queue: { position: number; total: number; nextId: string | null };
}

/** A decision that was made. */
export interface DecidedItem {
  requestId: string;
  kind: RequestKind;
  status: RequestStatus;
  environmentName: string;
  projectName: string;
  requester: string;
  approver: string;
  decision: "approve" | "reject";
  reason: string;
  monthly: string | null;
  currency: string;
  at: string;
}
