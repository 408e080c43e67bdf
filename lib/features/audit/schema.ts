import { z } from "zod";

export const auditOutcomes = ["allowed", "denied", "failed"] as const;

export const auditFilter = z.object({
  actorId: z.string().max(60).optional(),
  action: z.string().max(100).optional().describe('Action, or a prefix that ends with a dot: "project."'),
  objectType: z.string().max(60).optional(),
  objectId: z.string().max(100).optional(),
  projectId: z.string().max(60).optional(),
  outcome: z.enum(auditOutcomes).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  q: z.string().trim().max(100).optional().describe("Filter by user name or object ID (substring)"),
});
export type AuditFilter = z.output<typeof auditFilter>;

export const auditEventDto = z.object({
  seq: z.number().int(),
  id: z.string(),
  at: z.iso.datetime(),
  actorId: z.string().nullable(),
  actor: z.string(),
  via: z.enum(["session", "token", "cli", "system"]),
  action: z.string(),
  objectType: z.string(),
  objectId: z.string(),
  projectId: z.string().nullable(),
  outcome: z.enum(auditOutcomes),
  detail: z.record(z.string(), z.unknown()),
  requestId: z.string(),
  ip: z.string(),
  hash: z.string(),
});
export type AuditEventDto = z.output<typeof auditEventDto>;

export const auditProblem = z.object({
  /** Which of the three checks found it. */
  check: z.enum(["chain", "seals", "heads"]),
  /** The first event concerned. */
  seq: z.number().int(),
  message: z.string(),
});
export type AuditProblem = z.output<typeof auditProblem>;

export const auditVerification = z.object({
  ok: z.boolean(),
  checked: z.number().int().describe("Events with a valid hash, up to the first invalid one"),
  lastSeq: z.number().int().nullable(),
  lastHash: z.string().nullable(),
  brokenSeq: z.number().int().nullable().describe("First event affected by the first problem"),
  message: z.string(),
  problems: z.array(auditProblem),
  warnings: z.array(z.string()).describe("Issues that weaken the protection but don’t invalidate the log"),
  seals: z.object({ count: z.number().int(), lastAt: z.iso.datetime().nullable() }),
  heads: z.object({ count: z.number().int(), lastAt: z.iso.datetime().nullable(), file: z.string() }),
});
export type AuditVerification = z.output<typeof auditVerification>;

/** How the audit is protected at this moment. */
export interface AuditStatus {
  lastSealAt: string | null;
  /** Events after the last seal. */
  unsealed: number;
  /** Of the file on the host that answers. */
  lastHeadAt: string | null;
  /** The latest contradiction that workers found. */
  alarm: { at: string; problem: string } | null;
  /** What the application's database role could do to the audit beyond reading and adding. */
  powers: string[];
  /** Why it was not certain what sinks have; `at`: when everything was sent again, null when it still has to be. */
  progress: { at: string | null; problem: string } | null;
  sinks: {
    name: string;
    target: string;
    lastOkAt: string | null;
    failingSince: string | null;
    error: string | null;
  }[];
}
