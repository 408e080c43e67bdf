export { type AuditEntry, recordAudit, recordAuditAlone } from "@/lib/platform/audit";
export { listAuditEvents } from "./queries";
export { verifyAuditChain } from "./verify";
