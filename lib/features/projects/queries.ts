import { z } from "zod";
import { notFound } from "@/lib/kernel/errors";
import { type Actor, requirePermission, visibleProjects } from "@/lib/platform/auth";
import { decodeCursor, type Page, type PageQuery, toPage } from "@/lib/platform/http";
import type { CostCenterDto, MemberDto, ProjectDto, ProjectFilter } from "./schema";
import { findProject, findProjectId, listNames, listStoredProjects, type StoredProject } from "./store";
import { listStoredCostCenters } from "./store-cost-centers";
import { listMembersOf } from "./store-members";

/** The projects an actor may see, keyset-paged; by name unless asked otherwise. */
export async function listProjects(
  actor: Actor,
  filter: PageQuery & Partial<ProjectFilter>,
): Promise<Page<ProjectDto>> {
  const visible = visibleProjects(actor);
  const after = decodeCursor(filter.cursor, z.object({ key: z.string(), id: z.string() }));
  const rows = await listStoredProjects({ ...filter, visible, after, limit: filter.limit + 1 });
  return toPage(
    rows,
    filter.limit,
    (row) => ({ key: row.sortKey, id: row.id }),
    ({ sortKey: _sortKey, ...row }) => toDto(row, actor),
  );
}

/** Names of the projects an actor may see, for choices: without what counting their contents costs. */
export async function listProjectNames(actor: Actor): Promise<{ id: string; slug: string; name: string }[]> {
  return await listNames(visibleProjects(actor));
}

/** A project by id or slug. @throws AppError `not_found` also for one the actor may not see */
export async function getProject(actor: Actor, idOrSlug: string): Promise<ProjectDto> {
  const row = await findProject(idOrSlug);
  if (!row) throw notFound("The project");
  requirePermission(actor, "project.read", { projectId: row.id, what: "The project", objectType: "project" });
  return toDto(row, actor);
}

/** The id of a project by id or slug, for people who may see it. @throws AppError `not_found` */
export async function resolveProjectId(actor: Actor, idOrSlug: string): Promise<string> {
  const projectId = await findProjectId(idOrSlug);
  if (projectId === null) throw notFound("The project");
  requirePermission(actor, "project.read", {
    projectId,
    what: "The project",
    objectType: "project",
    objectId: projectId,
  });
  return projectId;
}

/** Who works in a project, by name. */
export async function listMembers(actor: Actor, idOrSlug: string): Promise<MemberDto[]> {
  return await listMembersOf(await resolveProjectId(actor, idOrSlug));
}

/** Cost centers by code: all for who manages them, else those of the actor's projects. */
export async function listCostCenters(actor: Actor): Promise<CostCenterDto[]> {
  return await listStoredCostCenters(visibleProjects(actor, "cost.read"));
}

function toDto(project: StoredProject, actor: Actor): ProjectDto {
  return { ...project, myRole: actor.projects.get(project.id) ?? null };
}
