import { sql } from "kysely";
import type { Manifest } from "@/lib/engine/template/types";
import { environmentRows } from "@/lib/features/environments/joins";
import { planRows } from "@/lib/features/requests/joins";
import { getPrisma, type Prisma, rowOf, statements, type Tx } from "@/lib/platform/db";
import type { VersionCheck, VersionStatus } from "./schema";
import { versionStates } from "./states";
import { readManifest } from "./stored-manifest";

/** A version as a change of it finds it. */
export interface VersionState {
  id: string;
  templateId: string;
  status: VersionStatus;
  digest: string;
  source: string;
  contributorIds: string[];
  manifest: Manifest;
  /** As stored, which may be damaged. */
  checks: unknown;
}

/** A version before it changes. */
export async function findState(tx: Tx, id: string): Promise<VersionState | null> {
  const row = await tx.prisma.templateVersion.findUnique({ where: { id } });
  if (!row) return null;
  return { ...row, manifest: readManifest(row.digest, row.manifest, row.source) };
}

/** The manifest's text of a version. */
export async function findSource(tx: Tx, id: string): Promise<string | null> {
  const row = await tx.prisma.templateVersion.findUnique({ where: { id }, select: { source: true } });
  return row?.source ?? null;
}

/** A template's version by its number. */
export async function findVersionOf(tx: Tx, templateId: string, version: string) {
  return await tx.prisma.templateVersion.findUnique({
    where: { templateId_version: { templateId, version } },
    select: { id: true, digest: true, status: true, contributorIds: true },
  });
}

interface Content {
  source: string;
  manifest: Manifest;
  digest: string;
}
type NewVersion = Omit<Prisma.TemplateVersionUncheckedCreateInput, keyof Content | "files"> & {
  content: Content;
};

/** A new version, without its files. */
export async function insertVersion(tx: Tx, { content, ...version }: NewVersion): Promise<void> {
  await tx.prisma.templateVersion.create({ data: { ...version, ...contentColumns(content) } });
}

/** Gives a draft another content, which has not been checked. Its files stay. */
export async function replaceContent(
  tx: Tx,
  id: string,
  { content, contributorIds }: { content: Content; contributorIds: string[] },
): Promise<void> {
  await tx.prisma.templateVersion.update({
    where: { id },
    data: { ...contentColumns(content), contributorIds, checks: [] },
  });
}

function contentColumns({ source, manifest, digest }: Content) {
  const json: unknown = manifest;
  return { source, manifest: json as Prisma.InputJsonObject, digest };
}

interface Move {
  status: VersionStatus;
  checks?: VersionCheck[];
  reviewNote?: string;
  reviewerId?: string | null;
  submittedAt?: Date;
  publishedAt?: Date;
  retiredAt?: Date;
}

/**
 * Moves a version on, if it is still the one that was seen: the digest too, so that what was checked and reviewed goes
 * on and not a draft replaced in between; and the contributors, for the same content may have been brought again by
 * another user.
 */
export async function moveVersion(
  tx: Tx,
  seen: Pick<VersionState, "id" | "status" | "digest" | "contributorIds">,
  move: Move,
): Promise<boolean> {
  const { id, status, digest, contributorIds } = seen;
  versionStates.transition(status, move.status);
  const where = { id, status, digest, contributorIds: { equals: contributorIds } };
  return (await tx.prisma.templateVersion.updateMany({ where, data: move })).count === 1;
}

/** Keeps the result of checks, if the version is still the draft they were made of. */
export async function saveChecks(id: string, digest: string, checks: VersionCheck[]): Promise<void> {
  await getPrisma().templateVersion.updateMany({ where: { id, digest, status: "draft" }, data: { checks } });
}

/** How many environments and plans name a version. An environment that moved on to another leaves its plans. */
export async function countUses(tx: Tx, id: string): Promise<number> {
  const uses = statements.selectNoFrom((eb) => [
    eb
      .selectFrom(environmentRows.as("e"))
      .select((of) => of.cast<number>(of.fn.countAll(), "integer").as("count"))
      .where("e.template_version_id", "=", id)
      .as("environments"),
    eb
      .selectFrom(planRows.as("p"))
      .select((of) => of.cast<number>(of.fn.countAll(), "integer").as("count"))
      .where("p.template_version_id", "=", id)
      .as("plans"),
  ]);
  const row = await rowOf(uses, tx);
  return (row?.environments ?? 0) + (row?.plans ?? 0);
}

/** Deletes a version, also a published one, which a trigger forbids otherwise. */
export async function purgeVersion(tx: Tx, id: string): Promise<void> {
  await rowOf(purging("on"), tx);
  await tx.prisma.templateVersion.delete({ where: { id } });
  await rowOf(purging("off"), tx);
}

const purging = (state: "on" | "off") =>
  statements.selectNoFrom((eb) =>
    eb.fn<string>("set_config", [eb.val("rostrum.purge"), eb.val(state), sql.lit(true)]).as("purge"),
  );
