import { createToken, listTokens } from "@/lib/features/tokens";
import { tokenCreate, tokenCreatedDto, tokenDto } from "@/lib/features/tokens/schema";
import { created, listResponse, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  authenticated: true,
  summary: "List your API tokens",
  tags: ["Me"],
  response: listResponse(tokenDto),
  handler: async ({ actor }) => ({ items: await listTokens(actor), nextCursor: null }),
});

/** The answer is the only place that ever shows the token. */
export const POST = route({
  authenticated: true,
  summary: "Create an API token (returned once)",
  tags: ["Me"],
  status: 201,
  showsSecret: true,
  schemas: { body: tokenCreate },
  response: tokenCreatedDto,
  handler: async ({ actor, body }) => created(await createToken(actor, body)),
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
