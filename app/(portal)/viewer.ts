import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { newId } from "@/lib/kernel/ids";
import { clientAddress, findSessionActor, type PersonActor, readSessionId } from "@/lib/platform/auth";

/** The person this page is drawn for; whoever is not signed in is sent to sign in. Asked once per request. */
export const getViewer = cache(async (): Promise<PersonActor> => {
  const sent = await headers();
  const sessionId = await readSessionId(sent.get("cookie"));
  const facts = { requestId: sent.get("x-request-id") ?? newId("http"), ip: clientAddress(sent) };
  const viewer = sessionId ? await findSessionActor(sessionId, facts) : null;
  return viewer ?? redirect("/sign-in");
});
