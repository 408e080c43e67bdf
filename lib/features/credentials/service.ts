import type { GitAddress, GitCredential } from "@/lib/clouds/contract";
import { lockProject, resolveProjectId } from "@/lib/features/projects";
import type { AuditAction } from "@/lib/kernel/audit-actions";
import { AppError, notFound } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import type { Permission } from "@/lib/kernel/permissions";
import { recordAudit } from "@/lib/platform/audit";
import { type Actor, requirePermission } from "@/lib/platform/auth";
import { openSealed, seal } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import { isUniqueViolation } from "@/lib/platform/db/errors";
import { publishEvent } from "@/lib/platform/events";
import { AddressError } from "@/lib/platform/outgoing";
import { chooseCredential, credentialAddress } from "./rules";
import type { GitCredentialCreate, GitCredentialDto, GitCredentialUpdate } from "./schema";
import {
  changeCredential,
  countCredentials,
  deleteCredential,
  findShown,
  getShown,
  insertCredential,
  listSealed,
  listShown,
  recordUse,
} from "./store";

const maxPerProject = 100;

/** What a password is sealed for: copied to another credential or project it does not open. */
export const gitCredentialContext = (projectId: string, id: string) => `git-credential:${projectId}:${id}`;

/** A project's Git credentials by address, without their passwords. @throws AppError `not_found` */
export async function listGitCredentials(actor: Actor, idOrSlug: string): Promise<GitCredentialDto[]> {
  const projectId = await projectFor(actor, idOrSlug, "git-credential.read");
  return await listShown(projectId, maxPerProject);
}

/**
 * Stores a credential for a Git server or a part of it.
 * @throws AppError `validation_failed` for an address that cannot be used, `conflict` when the project has one for it
 */
export async function createGitCredential(
  actor: Actor,
  idOrSlug: string,
  input: GitCredentialCreate,
): Promise<GitCredentialDto> {
  const projectId = await projectFor(actor, idOrSlug, "git-credential.manage");
  const { name, username, password } = input;
  const address = addressOf(input.address);
  const id = newId("gitCredential");
  const sealed = seal(password, gitCredentialContext(projectId, id));
  try {
    return await inTransaction(async (tx) => {
      await lockProject(tx, projectId);
      if ((await countCredentials(tx, projectId)) >= maxPerProject)
        throw new AppError("conflict", `A project can have at most ${maxPerProject} Git credentials.`);
      const created = await insertCredential(tx, { id, projectId, name, address, username, sealed });
      await record(tx, actor, projectId, id, "git-credential.create", { name, address, username });
      return created;
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = "The project already has a Git credential for this URL.";
    throw new AppError("conflict", message, { problems: [{ path: "address", message }], cause: error });
  }
}

/** Changes a credential's name, user name or password. @throws AppError `not_found` */
export async function updateGitCredential(
  actor: Actor,
  idOrSlug: string,
  id: string,
  change: GitCredentialUpdate,
): Promise<GitCredentialDto> {
  const projectId = await projectFor(actor, idOrSlug, "git-credential.manage");
  const { name, username, password } = change;
  return await inTransaction(async (tx) => {
    const changed = await changeCredential(tx, projectId, id, {
      ...(name !== undefined && { name }),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { sealed: seal(password, gitCredentialContext(projectId, id)) }),
    });
    if (!changed) throw notFound("The Git credential");
    await record(tx, actor, projectId, id, "git-credential.update", {
      ...(name !== undefined && { name }),
      ...(username !== undefined && { username }),
      replaced: password !== undefined,
    });
    return await getShown(tx, id);
  });
}

/** Deletes a credential. @throws AppError `not_found` */
export async function deleteGitCredential(actor: Actor, idOrSlug: string, id: string): Promise<void> {
  const projectId = await projectFor(actor, idOrSlug, "git-credential.manage");
  await inTransaction(async (tx) => {
    const row = await findShown(tx, projectId, id);
    if (!row) throw notFound("The Git credential");
    await deleteCredential(tx, id);
    const { name, address, username } = row;
    await record(tx, actor, projectId, id, "git-credential.delete", { name, address, username });
  });
}

/** The project's credential for a repository in clear, for a driver's Git and no one else; null when it has none. */
export async function useGitCredential(projectId: string, wanted: GitAddress): Promise<GitCredential | null> {
  const rows = await listSealed(projectId, maxPerProject);
  const row = chooseCredential(rows, wanted);
  if (!row) return null;
  await recordUse(row.id, new Date());
  const opened = openSealed(row.sealed, gitCredentialContext(projectId, row.id));
  if (opened.ok) return { username: row.username, password: opened.value };
  throw new AppError("conflict", `The Git credential can’t be decrypted. Enter it again. ${opened.reason}`);
}

async function projectFor(actor: Actor, idOrSlug: string, permission: Permission): Promise<string> {
  const projectId = await resolveProjectId(actor, idOrSlug);
  requirePermission(actor, permission, { projectId, objectType: "project", objectId: projectId });
  return projectId;
}

function addressOf(text: string): string {
  try {
    return credentialAddress(text);
  } catch (cause) {
    if (!(cause instanceof AddressError)) throw cause;
    const message = `${cause.message}.`;
    throw new AppError("validation_failed", message, { problems: [{ path: "address", message }], cause });
  }
}

async function record(
  tx: Tx,
  actor: Actor,
  projectId: string,
  id: string,
  action: AuditAction,
  detail: Record<string, unknown>,
): Promise<void> {
  await publishEvent(tx, `project:${projectId}`, "project.updated");
  await recordAudit(tx, { actor, action, objectType: "git-credential", objectId: id, projectId, detail });
}
