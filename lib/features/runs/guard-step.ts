import { DriverError } from "@/lib/clouds/contract";
import { type StepRecord, unreachableCause } from "@/lib/engine/run";
import { getCloudTitle } from "@/lib/features/clouds";
import { isConnectionError } from "@/lib/platform/db";
import type { Masker } from "@/lib/platform/masking";

/**
 * Runs a step's work so that what it throws can be stored and judged: without secrets, and told apart by who was away.
 * The database being away says nothing about the cloud, so such a step is tried again; a cloud that is away is waited for,
 * and named.
 */
export async function guardStep<T>(step: StepRecord, masker: Masker, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const away = unreachableCause(error);
    if (away) throw masker.maskError(await namedOutage(step.cloudId, away));
    if (isConnectionError(error) && !(error instanceof DriverError))
      throw new DriverError("retryable", "The database is unavailable.", { cause: error });
    throw masker.maskError(error);
  }
}

async function namedOutage(cloudId: string | null, away: DriverError): Promise<DriverError> {
  const title = await titleOf(cloudId);
  return new DriverError("retryable", `Cloud ${title} is unreachable. ${away.message}`, {
    ...(away.hint !== undefined && { hint: away.hint }),
    cause: away.cause,
    unreachable: true,
  });
}

async function titleOf(cloudId: string | null): Promise<string> {
  try {
    return await getCloudTitle(cloudId ?? "");
  } catch {
    // It is gone, or the database is away as well: its id says enough.
    return cloudId ?? "";
  }
}
