import { listAuditEvents } from "@/lib/features/audit";
import { auditEventDto, auditFilter } from "@/lib/features/audit/schema";
import { listResponse, otherMethods, pageQuery, route } from "@/lib/platform/http";

/** Everything for administrators and auditors; their projects' events for owners. */
export const GET = route({
  permission: "audit.read",
  summary: "List audit events, newest first",
  tags: ["Audit log"],
  schemas: { query: pageQuery.extend(auditFilter.shape) },
  response: listResponse(auditEventDto),
  handler: async ({ actor, query }) => await listAuditEvents(actor, query),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
