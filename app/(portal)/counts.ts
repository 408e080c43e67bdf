import "server-only";
import { cache } from "react";
import { countWaitingApprovals } from "@/lib/features/approvals";

/** What waits for a person to approve it: the frame and the pages of requests say the same number, counted once. */
export const waitingApprovals = cache(countWaitingApprovals);
