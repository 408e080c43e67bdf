import type { EnvironmentSummary } from "@/lib/features/environments/schema";
import type { RequestSummary } from "@/lib/features/requests/schema";

/** Which of the five kinds of person home is drawn for. */
export type HomeView = "developer" | "approver" | "admin" | "finance" | "auditor";

/** Something that wants the viewer's attention. */
export interface AttentionItem {
  kind: "failed" | "change-failed" | "incident" | "lease" | "waiting" | "cloud" | "review";
  /** Of the environment, cloud, request or template. */
  id: string;
  name: string;
  detail: string;
  href: string;
  /** When it began, or for a lease when it ends. */
  at: string | null;
}

export interface ProjectCost {
  id: string;
  slug: string;
  name: string;
  costCenter: string;
  currency: string;
  /** Decimal texts: spent since the first of the month, running price a month, monthly budget or null. */
  spent: string;
  monthly: string;
  budget: string | null;
  /** What the month will have cost if all continues as now. */
  expected: string;
}

export interface EnvironmentCounts {
  total: number;
  running: number;
  unhealthy: number;
  degraded: number;
  failed: number;
  stopped: number;
}

export interface HomeDto {
  view: HomeView;
  attention: AttentionItem[];
  /** Oldest first; at most five. */
  approvals: RequestSummary[];
  approvalsTotal: number;
  counts: EnvironmentCounts;
  environments: EnvironmentSummary[];
  costs: ProjectCost[];
}
