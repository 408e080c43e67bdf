import { driverFor, isDriverKind } from "@/lib/clouds/registry";
import { resolveParameters } from "@/lib/engine/parameters";
import { inFileOrder, parseManifest } from "@/lib/engine/template";
import { listRealClouds } from "@/lib/features/clouds";
import { notify } from "@/lib/features/notifications";
import { AppError, notFound } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, refused, requirePermission } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { checkVersion } from "./checks";
import { requireIntact, requireReviewed } from "./digest";
import { templateTexts } from "./import";
import { reviewNotices } from "./review-notices";
import { decideTransition, transitionRules } from "./rules";
import type { ImportedVersion, VersionCheck, VersionTransition } from "./schema";
import { versionCheckSchema } from "./schema";
import { describeTemplate } from "./store";
import { findState, moveVersion, saveChecks } from "./store-version-writes";
import { findUnchecked, getVersionId } from "./store-versions";

/**
 * Moves a version on in its life: submit, publish, reject (back to draft, with a note), deprecate, retire.
 * Submitting runs the checks and keeps their result, whether they pass or not. `digest` names the content the person
 * looked at: a draft that was replaced since is refused, in the statement that would move it too.
 * @throws AppError not_found, forbidden (contributed to it), conflict (status, another content, or someone was faster),
 *   validation_failed (failed checks, missing note)
 */
export async function transitionVersion(
  actor: Actor,
  target: { name: string; version: string; transition: VersionTransition; digest: string; note?: string },
): Promise<ImportedVersion> {
  const { name, version, transition, digest, note = "" } = target;
  const rule = transitionRules[transition];
  requirePermission(actor, rule.permission, { what: "The version", objectType: "template_version" });
  const id = await getVersionId(name, version);
  const checks = transition === "submit" ? await checkReviewed(id, digest) : null;
  return await inTransaction(async (tx) => {
    const row = await findState(tx, id);
    if (!row) throw notFound("The version");
    requireReviewed(digest, row.digest);
    const to = decideTransition({
      transition,
      status: row.status,
      contributorIds: row.contributorIds,
      actorId: actor.userId,
      note,
      // Those made a moment ago: a draft that was replaced and put back lost the stored ones.
      checks: checks ?? versionCheckSchema.array().parse(row.checks),
    });
    if (transition === "submit" || transition === "publish") await requireIntact(tx, id, digest);
    const now = new Date();
    const moved = await moveVersion(tx, row, {
      status: to,
      ...(checks && { checks, submittedAt: now, reviewNote: "", reviewerId: null }),
      ...((transition === "publish" || transition === "reject") && {
        reviewerId: actor.userId,
        reviewNote: note,
      }),
      ...(transition === "publish" && { publishedAt: now }),
      ...(transition === "retire" && { retiredAt: now }),
    });
    if (!moved) {
      throw new AppError("conflict", "This version was changed by someone else. Reload and try again.");
    }
    if (transition === "publish") {
      // The catalog shows the texts of what was published last.
      await describeTemplate(tx, row.templateId, templateTexts(row.manifest));
    }
    const detail = { name, version, from: row.status, to, digest, ...(note && { note }) };
    await publishEvent(tx, "admin", `template.${transition}`, { id, name, version });
    await notify(
      tx,
      reviewNotices({ name, version, transition, note, actor, contributorIds: row.contributorIds }),
    );
    await recordAudit(tx, {
      actor,
      action: `template.${transition}`,
      objectType: "template_version",
      objectId: id,
      detail,
    });
    return { id, name, version, status: to, digest };
  }).catch(async (error: unknown) => {
    if (!(error instanceof AppError) || error.code !== "forbidden") throw error;
    const object = { objectType: "template_version", objectId: id };
    throw await refused(actor, `template.${transition}`, object, error);
  });
}

/** Checks the version that was reviewed and keeps the result. @throws AppError conflict when it is another one now */
async function checkReviewed(id: string, reviewed: string): Promise<VersionCheck[]> {
  const result = await runChecks(id);
  requireReviewed(reviewed, result.digest);
  await saveChecks(id, result.digest, result.checks);
  return result.checks;
}

/** Runs the automated checks of a version against the clouds of this moment. */
async function runChecks(id: string): Promise<{ digest: string; checks: VersionCheck[] }> {
  const row = await findUnchecked(id);
  if (!row) throw notFound("The version");
  const parsed = parseManifest(row.source);
  const manifest = parsed.ok ? parsed.manifest : inFileOrder(row.manifest, row.source);
  const checks = checkVersion({
    manifest,
    manifestProblems: parsed.ok
      ? []
      : parsed.problems.map((problem) => `Line ${problem.line}: ${problem.message}`),
    paths: row.paths,
    clouds: await enabledClouds(),
    presetProblems: (preset) => {
      const resolved = resolveParameters(manifest, preset.parameters, { partial: true });
      return resolved.ok
        ? []
        : resolved.problems.map(({ parameter, message }) => [parameter, message].join(" ").trim());
    },
  });
  return { digest: row.digest, checks };
}

async function enabledClouds(): Promise<{ title: string; implementations: readonly string[] }[]> {
  const rows = await listRealClouds();
  const known = rows.filter((row) => isDriverKind(row.driver));
  return await Promise.all(
    known.map(async (row) => ({
      title: row.title,
      implementations: (await driverFor(row.driver)).implementations,
    })),
  );
}
