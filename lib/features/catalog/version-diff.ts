import semver from "semver";
import type { Actor } from "@/lib/platform/auth";
import { getTemplate, getVersion } from "./queries";
import type { VersionDetail, VersionDiff } from "./schema";

/**
 * The manifests of two versions, for a review: by default against the newest published one below it.
 * `before` is empty for a first version.
 * @throws AppError not_found
 */
export async function getVersionDiff(
  actor: Actor,
  name: string,
  version: string,
  against?: string,
): Promise<VersionDiff> {
  return await compareVersion(actor, await getVersion(actor, name, version), against);
}

/** The same for a version that was read already, so that a page shows one state of it. */
export async function compareVersion(
  actor: Actor,
  after: VersionDetail,
  against?: string,
): Promise<VersionDiff> {
  const { template: name, version } = after;
  const { versions } = await getTemplate(actor, name);
  const base =
    against ??
    versions.find(
      (one) => one.status !== "draft" && one.status !== "in_review" && semver.lt(one.version, version),
    )?.version;
  const before = base === undefined ? null : await getVersion(actor, name, base);
  return {
    before: {
      version: before?.version ?? null,
      digest: before?.digest ?? null,
      source: before?.source ?? "",
    },
    after: { version, digest: after.digest, source: after.source },
  };
}
