import { z } from "zod";
import { createPriceBook, listPriceBooks } from "@/lib/features/chargeback";
import { newPriceBookBody, priceBookSchema } from "@/lib/features/chargeback/schema";
import { created, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "price.read",
  summary: "List price books with their prices",
  tags: ["Costs"],
  response: z.object({ items: z.array(priceBookSchema) }),
  handler: async () => ({ items: await listPriceBooks() }),
});

export const POST = route({
  permission: "price.manage",
  summary: "Create a price book",
  tags: ["Costs"],
  status: 201,
  schemas: { body: newPriceBookBody },
  response: z.object({ id: z.string() }),
  handler: async ({ actor, body }) => created(await createPriceBook(actor, body)),
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
