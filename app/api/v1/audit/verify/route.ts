import { verifyAuditChain } from "@/lib/features/audit";
import { auditVerification } from "@/lib/features/audit/schema";
import { requirePermission } from "@/lib/platform/auth";
import { otherMethods, route } from "@/lib/platform/http";

/** Reads the whole chain, so it is limited to a few a minute. */
export const POST = route({
  permission: "audit.read",
  summary: "Verify the integrity of the audit log",
  tags: ["Audit log"],
  rateLimit: { points: 6, perSeconds: 60 },
  response: auditVerification,
  handler: async ({ actor }) => {
    requirePermission(actor, "audit.read", { objectType: "audit" });
    return await verifyAuditChain();
  },
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
