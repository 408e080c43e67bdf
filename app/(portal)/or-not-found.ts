import "server-only";
import { notFound } from "next/navigation";
import { AppError } from "@/lib/kernel/errors";

/** What was asked for, or the page that says it is not there. Every other error goes on to the error page. */
export async function orNotFound<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}
