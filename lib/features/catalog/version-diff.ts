import semver from "semver";
import { AppError } from "@/lib/kernel/errors";
import { type Actor, can } from "@/lib/platform/auth";
import { type Contents, changedFiles, comparable, compareFiles } from "./file-diff";
import { getTemplate, getVersion } from "./queries";
import { isReleased } from "./rules";
import type { VersionDetail, VersionDiff } from "./schema";
import { listContents } from "./store-files";

/** How often a review is read again when the draft is replaced while it is read. */
const readings = 3;

/** A version and what changed in it, of one and the same content. */
export interface VersionReview {
  detail: VersionDetail;
  diff: VersionDiff;
}

/**
 * What changed between two versions, for a review: their manifests and files, by default against the newest published
 * one below it. `before` is empty for a first version. Contents of files are for those who review.
 * @throws AppError not_found, conflict when a draft is replaced again and again
 */
export async function getVersionDiff(
  actor: Actor,
  name: string,
  version: string,
  against?: string,
): Promise<VersionDiff> {
  return (await reviewVersion(actor, name, version, against)).diff;
}

/** The same with the version, so that a page shows one state of it. */
export async function reviewVersion(
  actor: Actor,
  name: string,
  version: string,
  against?: string,
): Promise<VersionReview> {
  for (let reading = 1; ; reading += 1) {
    const detail = await getVersion(actor, name, version);
    try {
      return { detail, diff: await compareVersion(actor, detail, against) };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "conflict" || reading === readings) throw error;
    }
  }
}

async function compareVersion(actor: Actor, after: VersionDetail, against?: string): Promise<VersionDiff> {
  const { template: name, version } = after;
  const base = against ?? (await newestBelow(actor, name, version));
  const before = base === undefined ? null : await getVersion(actor, name, base);
  const changes = changedFiles(before?.files ?? [], after.files);
  const read = async (): Promise<Parameters<typeof compareFiles>[1]> => {
    if (!can(actor, "template.review")) return "restricted";
    const paths = comparable(changes);
    const named = (side: "before" | "after") =>
      changes.filter((one) => one[side] && paths.has(one.path)).map((one) => one.path);
    return {
      before: before ? await readContents(before, named("before")) : new Map(),
      after: await readContents(after, named("after")),
    };
  };
  return {
    before: {
      version: before?.version ?? null,
      digest: before?.digest ?? null,
      source: before?.source ?? "",
    },
    after: { version, digest: after.digest, source: after.source },
    files: compareFiles(changes, await read()),
  };
}

async function newestBelow(actor: Actor, name: string, version: string): Promise<string | undefined> {
  const { versions } = await getTemplate(actor, name);
  return versions.find((one) => isReleased(one.status) && semver.lt(one.version, version))?.version;
}

/** @throws AppError conflict when the version has another content than the one whose files are named */
async function readContents(of: VersionDetail, paths: readonly string[]): Promise<Contents> {
  if (paths.length === 0) return new Map();
  const rows = await listContents(of, paths);
  if (rows.length !== paths.length) {
    throw new AppError("conflict", "The draft was replaced during the comparison. Try again.");
  }
  return new Map(rows.map((row) => [row.path, row.content]));
}
