import { z } from "zod";
import { revealOutput } from "@/lib/features/environments";
import { revealBody } from "@/lib/features/environments/schema";
import { otherMethods, route } from "@/lib/platform/http";

/** Audited: who looked at which secret output, and when. Never stored for replay. */
export const POST = route({
  permission: "secret.reveal",
  summary: "Reveal a secret output",
  tags: ["Environments"],
  neverStored: true,
  schemas: { params: z.object({ id: z.string() }), body: revealBody },
  response: z.object({ value: z.unknown() }),
  handler: async ({ actor, params, body }) => await revealOutput(actor, params.id, body),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
