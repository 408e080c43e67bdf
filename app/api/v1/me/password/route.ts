import { changePassword } from "@/lib/features/identity";
import { passwordChange } from "@/lib/features/identity/schema";
import { AppError } from "@/lib/kernel/errors";
import { noContent, otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  authenticated: true,
  summary: "Change your password (revokes other sessions and, by default, API tokens)",
  tags: ["Me"],
  status: 204,
  neverStored: true,
  schemas: { body: passwordChange },
  handler: async ({ actor, body }) => {
    // A leaked token must not become the whole account.
    if (actor.via !== "session") throw new AppError("forbidden", "Sign in to change your password.");
    if (actor.isDemo) throw new AppError("forbidden", "Demo users don’t have a password.");
    await changePassword(actor, body.current, body.next, body.revokeTokens);
    return noContent();
  },
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
