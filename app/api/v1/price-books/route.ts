import { z } from "zod";
import { listPriceBooks } from "@/lib/features/chargeback";
import { priceBookSchema } from "@/lib/features/chargeback/schema";
import { route } from "@/lib/platform/http";

export const GET = route({
  permission: "price.read",
  summary: "List price books with their prices",
  tags: ["Costs"],
  response: z.object({ items: z.array(priceBookSchema) }),
  handler: async () => ({ items: await listPriceBooks() }),
});
