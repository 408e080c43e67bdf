import { switchDemoUser } from "@/lib/features/identity";
import { demoSwitchBody } from "@/lib/features/identity/schema";
import { otherMethods, route } from "@/lib/platform/http";

/** The wrapper refuses what another site sends: it comes with a session. */
export const POST = route({
  authenticated: true,
  summary: "Continue as another demo user",
  description:
    "Ends the session of the demo user and opens one of another. Only for demo users, in a browser that opened a demo link.",
  tags: ["Me"],
  status: 204,
  neverStored: true,
  schemas: { body: demoSwitchBody },
  handler: async ({ actor, body, request }) => {
    const cookie = await switchDemoUser(actor, body.role, request);
    return new Response(null, { status: 204, headers: { "set-cookie": cookie } });
  },
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
