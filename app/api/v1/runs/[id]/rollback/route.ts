import { z } from "zod";
import { submitRequest } from "@/lib/features/requests";
import { submittedSchema } from "@/lib/features/requests/schema";
import { rollbackRequest } from "@/lib/features/runs";
import { created, otherMethods, route } from "@/lib/platform/http";

/** A failed creation is destroyed; a failed change becomes a request back to the state before it. */
export const POST = route({
  permission: "run.operate",
  summary: "Roll back a failed run",
  tags: ["Runs"],
  status: 201,
  schemas: { params: z.object({ id: z.string() }) },
  response: submittedSchema,
  handler: async ({ actor, params }) => {
    const submitted = await submitRequest(actor, await rollbackRequest(actor, params.id));
    return created(submitted, `/api/v1/requests/${submitted.id}`);
  },
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
