export { type AuditEntry, recordAudit, recordAuditAlone } from "./record";
