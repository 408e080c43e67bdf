import { z } from "zod";

export const auditOutcomes = ["allowed", "denied", "failed"] as const;

export const auditFilter = z.object({
  actorId: z.string().max(60).optional(),
  action: z.string().max(100).optional().describe('An action, or its beginning with a dot: "project."'),
  objectType: z.string().max(60).optional(),
  objectId: z.string().max(100).optional(),
  projectId: z.string().max(60).optional(),
  outcome: z.enum(auditOutcomes).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  q: z.string().trim().max(100).optional().describe("Part of a person's name or of an object's id"),
});
export type AuditFilter = z.output<typeof auditFilter>;

export const auditEventDto = z.object({
  seq: z.number().int(),
  id: z.string(),
  at: z.iso.datetime(),
  actorId: z.string().nullable(),
  actor: z.string(),
  via: z.string(),
  action: z.string(),
  objectType: z.string(),
  objectId: z.string(),
  projectId: z.string().nullable(),
  outcome: z.string(),
  detail: z.record(z.string(), z.unknown()),
  requestId: z.string(),
  ip: z.string(),
  hash: z.string(),
});
export type AuditEventDto = z.output<typeof auditEventDto>;

export const auditVerification = z.object({
  ok: z.boolean(),
  checked: z.number().int(),
  lastSeq: z.number().int().nullable(),
  lastHash: z.string().nullable(),
  brokenSeq: z.number().int().nullable(),
  message: z.string(),
});
export type AuditVerification = z.output<typeof auditVerification>;
