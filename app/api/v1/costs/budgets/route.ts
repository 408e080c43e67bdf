import { budgetSchema } from "@/lib/features/chargeback/schema";
import { monthOfProjects } from "@/lib/features/home";
import { listResponse, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  permission: "cost.read",
  summary: "Get month-to-date spend and budgets of your projects",
  tags: ["Costs"],
  response: listResponse(budgetSchema),
  handler: async ({ actor }) => ({ items: await monthOfProjects(actor), nextCursor: null }),
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
