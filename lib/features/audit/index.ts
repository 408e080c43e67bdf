export { type AuditEntry, recordAudit, recordAuditAlone } from "@/lib/platform/audit";
