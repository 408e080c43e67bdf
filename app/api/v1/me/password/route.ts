import { changePassword } from "@/lib/features/identity";
import { passwordChange } from "@/lib/features/identity/schema";
import { AppError } from "@/lib/kernel/errors";
import { noContent, otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  authenticated: true,
  summary: "Change my password; my other sessions and my tokens end",
  tags: ["Me"],
  status: 204,
  neverStored: true,
  schemas: { body: passwordChange },
  handler: async ({ actor, body }) => {
    // A leaked token must not become the whole account.
    if (actor.via !== "session") throw new AppError("forbidden", "Sign in to change your password.");
    if (actor.isDemo) throw new AppError("forbidden", "Demo people have no password of their own.");
    await changePassword(actor, body.current, body.next, body.revokeTokens);
    return noContent();
  },
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
