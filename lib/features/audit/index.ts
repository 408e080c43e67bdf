export { createAuditKeeper } from "./keeper";
export { listAuditEvents } from "./queries";
export { sealAudit } from "./seal";
export { getAuditStatus } from "./status";
export { verifyAuditChain } from "./verify";
