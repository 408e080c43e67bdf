import "server-only";
import { cache } from "react";
import { getEnvironment } from "@/lib/features/environments";
import { orNotFound } from "../../../or-not-found";
import { getViewer } from "../../../viewer";

/** The environment of the address for the person who looks; the frame and the tab ask for it together. */
export const readEnvironment = cache(async (id: string) => {
  const viewer = await getViewer();
  return { viewer, environment: await orNotFound(getEnvironment(viewer, id)) };
});
