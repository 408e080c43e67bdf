export { countWaitingApprovals, getApprovalCase, listDecided } from "./queries";
