import { z } from "zod";
import { listRequests, submitRequest } from "@/lib/features/requests";
import {
  requestBody,
  requestKinds,
  requestSorts,
  requestStatuses,
  requestSummarySchema,
  submittedSchema,
} from "@/lib/features/requests/schema";
import { created, listResponse, otherMethods, pageQuery, route } from "@/lib/platform/http";

const filter = z.object({
  q: z.string().trim().max(100).optional(),
  status: z.enum(requestStatuses).optional(),
  kind: z.enum(requestKinds).optional(),
  origin: z.enum(["user", "system"]).optional(),
  project: z.string().max(100).optional(),
  environment: z.string().max(60).optional(),
  mine: z.stringbool().optional(),
  decidable: z.stringbool().optional(),
  sort: z.enum(requestSorts).optional(),
  direction: z.enum(["asc", "desc"]).optional(),
});

/** Requests of the projects the caller is in. */
export const GET = route({
  permission: "request.read",
  summary: "List requests",
  tags: ["Requests"],
  schemas: { query: pageQuery.extend(filter.shape) },
  response: listResponse(requestSummarySchema),
  handler: async ({ actor, query }) => await listRequests(actor, query),
});

/** Plans, judges and reserves; starts at once or waits for approval. The project is checked by the feature. */
export const POST = route({
  permission: "environment.request",
  summary: "Submit a request to create or change an environment",
  tags: ["Requests"],
  status: 201,
  schemas: { body: requestBody },
  response: submittedSchema,
  handler: async ({ actor, body }) => {
    const submitted = await submitRequest(actor, body);
    return created(submitted, `/api/v1/requests/${submitted.id}`);
  },
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
