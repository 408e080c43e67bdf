import "server-only";
import { headers } from "next/headers";
import { forbidden, notFound } from "next/navigation";
import { cache } from "react";
import { AppError } from "@/lib/kernel/errors";
import { isWrittenDown, recordDenied } from "@/lib/platform/auth";
import { findViewer } from "./viewer";

/**
 * What was asked for, or the page that says it is not there: also for what this person may not see at all, so that
 * nothing is given away. What they see but may not open says which role it needs. The audit log gets an event. Every
 * other error goes on to the error page.
 */
export async function orNotFound<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== "not_found" && error.code !== "forbidden"))
      throw error;
    if (!isWrittenDown(error)) await recordNotFound(error.code, error.message);
    if (error.code === "forbidden") forbidden();
    notFound();
  }
}

/** A page and its title ask for the same thing: that is one attempt. */
const recordNotFound = cache(async (code: string, reason: string): Promise<void> => {
  const viewer = await findViewer();
  if (!viewer) return;
  const path = (await headers()).get("x-pathname") ?? "";
  const objectId = path.split("?")[0]?.slice(0, 200) ?? "";
  await recordDenied(viewer, "page.open", { objectType: "page", objectId, detail: { code, reason } });
});

/** The page that says which role it needs, for what this person sees but may not open. */
export function orForbidden(allowed: boolean): void {
  if (!allowed) forbidden();
}
