import { cache } from "react";
import { newId } from "@/lib/kernel/ids";
import { clientAddress, findSessionActor, type PersonActor, readSessionId } from "@/lib/platform/auth";

// Next's modules are loaded only when a page asks: workers and scripts come through the same door.
const headersOfPage = async () => await (await import("next/headers")).headers();

/** The person behind the page that is being rendered; null for no one. Asked once per request. */
export const getSessionActor = cache(async (): Promise<PersonActor | null> => {
  const sent = await headersOfPage();
  const sessionId = await readSessionId(sent);
  if (!sessionId) return null;
  const requestId = sent.get("x-request-id") ?? newId("http");
  return await findSessionActor(sessionId, { requestId, ip: clientAddress(sent) });
});
