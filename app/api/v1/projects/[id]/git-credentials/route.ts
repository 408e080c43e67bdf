import { z } from "zod";
import { createGitCredential, listGitCredentials } from "@/lib/features/credentials";
import { gitCredentialCreate, gitCredentialDto } from "@/lib/features/credentials/schema";
import { created, listResponse, otherMethods, route } from "@/lib/platform/http";

const params = z.object({ id: z.string().min(1).max(60).describe("ID or slug") });

export const GET = route({
  permission: "git-credential.read",
  summary: "List a project's Git credentials",
  tags: ["Projects"],
  schemas: { params },
  response: listResponse(gitCredentialDto),
  handler: async ({ actor, params: { id } }) => ({
    items: await listGitCredentials(actor, id),
    nextCursor: null,
  }),
});

export const POST = route({
  permission: "git-credential.manage",
  summary: "Create a Git credential",
  tags: ["Projects"],
  status: 201,
  schemas: { params, body: gitCredentialCreate },
  response: gitCredentialDto,
  handler: async ({ actor, params: { id }, body }) => created(await createGitCredential(actor, id, body)),
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
