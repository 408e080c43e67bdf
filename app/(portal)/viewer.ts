import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { newId } from "@/lib/kernel/ids";
import {
  clientAddress,
  findSessionActor,
  type PersonActor,
  readSessionId,
  takeActor,
} from "@/lib/platform/auth";

/** Who looks at this page, if anybody is signed in. Asked once per request. */
export const findViewer = cache(async (): Promise<PersonActor | null> => {
  const sent = await headers();
  const sessionId = await readSessionId(sent);
  const facts = {
    requestId: sent.get("x-request-id") ?? newId("http"),
    ip: clientAddress(sent),
    operation: sent.get("x-pathname")?.split("?")[0]?.slice(0, 300) ?? "",
  };
  if (!sessionId) return null;
  return takeActor(facts.requestId, sessionId) ?? (await findSessionActor(sessionId, facts));
});

/**
 * The person this page is drawn for; a visitor who is not signed in is sent to sign in, and comes back here: a link from a mail
 * leads to what it names.
 */
export async function getViewer(): Promise<PersonActor> {
  const viewer = await findViewer();
  if (viewer) return viewer;
  const wanted = (await headers()).get("x-pathname");
  redirect(wanted && wanted !== "/" ? `/sign-in?next=${encodeURIComponent(wanted)}` : "/sign-in");
}
