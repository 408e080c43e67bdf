import { z } from "zod";
import { deleteGitCredential, updateGitCredential } from "@/lib/features/credentials";
import { gitCredentialDto, gitCredentialUpdate } from "@/lib/features/credentials/schema";
import { noContent, otherMethods, route } from "@/lib/platform/http";

const params = z.object({ id: z.string().min(1).max(60), credentialId: z.string().min(1).max(60) });

export const PATCH = route({
  permission: "git-credential.manage",
  summary: "Update a Git credential's name, username or password",
  tags: ["Projects"],
  schemas: { params, body: gitCredentialUpdate },
  response: gitCredentialDto,
  handler: async ({ actor, params: { id, credentialId }, body }) =>
    await updateGitCredential(actor, id, credentialId, body),
});

export const DELETE = route({
  permission: "git-credential.manage",
  summary: "Delete a Git credential",
  tags: ["Projects"],
  status: 204,
  schemas: { params },
  handler: async ({ actor, params: { id, credentialId } }) => {
    await deleteGitCredential(actor, id, credentialId);
    return noContent();
  },
});

export const { GET, POST, PUT } = otherMethods("PATCH", "DELETE");
