import { getPrisma, type Tx } from "@/lib/platform/db";
import type { GitCredentialDto } from "./schema";

/** Never the sealed password: only `listSealed` reads it. */
const shown = {
  id: true,
  name: true,
  address: true,
  username: true,
  lastUsedAt: true,
  createdAt: true,
  updatedAt: true,
} as const;

/** A project's credentials by address, without their passwords. */
export async function listShown(projectId: string, most: number): Promise<GitCredentialDto[]> {
  const rows = await getPrisma().gitCredential.findMany({
    where: { projectId },
    select: shown,
    orderBy: [{ address: "asc" }, { id: "asc" }],
    take: most,
  });
  return rows.map(toDto);
}

/** A project's credential, without its password. */
export async function findShown(tx: Tx, projectId: string, id: string): Promise<GitCredentialDto | null> {
  const row = await tx.prisma.gitCredential.findFirst({ where: { id, projectId }, select: shown });
  return row && toDto(row);
}

/** A credential, without its password. Throws when there is none. */
export async function getShown(tx: Tx, id: string): Promise<GitCredentialDto> {
  return toDto(await tx.prisma.gitCredential.findUniqueOrThrow({ where: { id }, select: shown }));
}

interface SealedCredential {
  id: string;
  address: string;
  username: string;
  sealed: string;
}

/** A project's credentials with their sealed passwords, for a driver's Git. */
export async function listSealed(projectId: string, most: number): Promise<SealedCredential[]> {
  const select = { id: true, address: true, username: true, sealed: true } as const;
  return await getPrisma().gitCredential.findMany({ where: { projectId }, select, take: most });
}

/** How many credentials a project has. */
export async function countCredentials(tx: Tx, projectId: string): Promise<number> {
  return await tx.prisma.gitCredential.count({ where: { projectId } });
}

/** A new credential. Throws when the project has one for its address. */
export async function insertCredential(
  tx: Tx,
  credential: SealedCredential & { projectId: string; name: string },
): Promise<GitCredentialDto> {
  return toDto(await tx.prisma.gitCredential.create({ data: credential, select: shown }));
}

/** Changes what is given of a credential; false when the project has none with this id. */
export async function changeCredential(
  tx: Tx,
  projectId: string,
  id: string,
  change: { name?: string; username?: string; sealed?: string },
): Promise<boolean> {
  const { count } = await tx.prisma.gitCredential.updateMany({ where: { id, projectId }, data: change });
  return count > 0;
}

/** Deletes a credential. Throws when there is none. */
export async function deleteCredential(tx: Tx, id: string): Promise<void> {
  await tx.prisma.gitCredential.delete({ where: { id } });
}

/** Keeps when a credential was used last, if it is still there. */
export async function recordUse(id: string, at: Date): Promise<void> {
  await getPrisma().gitCredential.updateMany({ where: { id }, data: { lastUsedAt: at } });
}

type Row = Omit<GitCredentialDto, "lastUsedAt" | "createdAt" | "updatedAt"> & {
  lastUsedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

function toDto(row: Row): GitCredentialDto {
  return {
    ...row,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
