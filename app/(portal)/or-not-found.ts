import "server-only";
import { notFound } from "next/navigation";
import { AppError } from "@/lib/kernel/errors";

/**
 * What was asked for, or the page that says it is not there: also for what this person may not see, who then reads
 * whom to ask. Every other error goes on to the error page.
 */
export async function orNotFound<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && (error.code === "not_found" || error.code === "forbidden")) notFound();
    throw error;
  }
}
