export { type AuditEntry, type Db, executeOn, recordAudit, recordAuditAlone } from "./record";
