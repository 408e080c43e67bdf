import { z } from "zod";
import { addPrice } from "@/lib/features/chargeback";
import { newPriceBody } from "@/lib/features/chargeback/schema";
import { otherMethods, route } from "@/lib/platform/http";

/** Prices are superseded, never changed. */
export const POST = route({
  permission: "price.manage",
  summary: "Add a price with an effective date",
  tags: ["Costs"],
  status: 201,
  schemas: { params: z.object({ id: z.string() }), body: newPriceBody },
  response: z.object({ id: z.string() }),
  handler: async ({ actor, params, body }) => ({ status: 201, body: await addPrice(actor, params.id, body) }),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
