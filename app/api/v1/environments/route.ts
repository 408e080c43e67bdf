import { z } from "zod";
import { listEnvironments } from "@/lib/features/environments";
import {
  environmentStatuses,
  environmentSummarySchema,
  healthStates,
} from "@/lib/features/environments/schema";
import { listResponse, otherMethods, pageQuery, route } from "@/lib/platform/http";

const filter = z.object({
  q: z.string().trim().max(100).optional(),
  status: z.enum(environmentStatuses).optional(),
  health: z.enum(healthStates).optional(),
  project: z.string().max(100).optional(),
  template: z.string().max(64).optional(),
  mine: z.stringbool().optional(),
  owner: z.string().max(60).optional().describe("ID of the owner"),
  unowned: z
    .stringbool()
    .optional()
    .describe("Only environments whose owner is disabled or no longer a member"),
  all: z.stringbool().optional().describe("Include destroyed environments"),
  sort: z.enum(["created", "name", "cost", "lease"]).optional(),
  direction: z.enum(["asc", "desc"]).optional(),
});

/** Environments of the projects the caller is in. New ones are made by a request. */
export const GET = route({
  permission: "environment.read",
  summary: "List environments",
  tags: ["Environments"],
  schemas: { query: pageQuery.extend(filter.shape) },
  response: listResponse(environmentSummarySchema),
  handler: async ({ actor, query }) => await listEnvironments(actor, query),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
