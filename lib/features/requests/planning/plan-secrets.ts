import { type PlanBody, planDigest } from "@/lib/engine/plan";
import { secretContext } from "@/lib/features/environments";
import { canonicalJson } from "@/lib/kernel/canonical";
import { AppError } from "@/lib/kernel/errors";
import { keyedHashes, SealError, seal, unseal } from "@/lib/platform/crypto";

type Secrets = Record<string, unknown>;

const purpose = "secret parameters of a plan";

/** Secret parameters as they are stored with a plan; null when there are none. */
export function sealPlanSecrets(environmentId: string, secrets: Secrets): string | null {
  return isEmpty(secrets) ? null : seal(JSON.stringify(secrets), secretContext(environmentId));
}

/**
 * The secret parameters of a stored plan.
 * @throws AppError conflict when the key they were sealed with is lost
 */
export function openPlanSecrets(environmentId: string, sealed: string | null): Secrets {
  if (sealed === null) return {};
  try {
    return JSON.parse(unseal(sealed, secretContext(environmentId))) as Secrets;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new AppError(
      "conflict",
      "The secret parameters of this plan can’t be decrypted. Reject the request and submit it again.",
      { cause: error },
    );
  }
}

/** The digest of a plan with its secret parameters, of which it holds a hash made with the installation's key. */
export function digestWithSecrets(body: Omit<PlanBody, "secrets">, secrets: Secrets): string {
  return planDigest({ ...body, secrets: hashesOf(secrets)[0] });
}

/** Whether a digest is the one of this plan and these secret parameters, made with any key at hand. */
export function matchesDigest(body: Omit<PlanBody, "secrets">, secrets: Secrets, digest: string): boolean {
  return hashesOf(secrets).some((hash) => planDigest({ ...body, secrets: hash }) === digest);
}

function hashesOf(secrets: Secrets): (string | undefined)[] {
  return isEmpty(secrets) ? [undefined] : keyedHashes(canonicalJson(secrets), purpose);
}

function isEmpty(secrets: Secrets): boolean {
  return Object.keys(secrets).length === 0;
}
