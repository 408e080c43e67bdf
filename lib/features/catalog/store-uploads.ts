import { type Expression, sql } from "kysely";
import { environmentRows } from "@/lib/features/environments/joins";
import { memberRows } from "@/lib/features/projects/joins";
import { requestRows } from "@/lib/features/requests/joins";
import { userRows } from "@/lib/features/users/joins";
import { type Db, pooled, rowOf, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";

/** What a project and a user have uploaded. */
export interface StoredUploads {
  inProject: number;
  projectBytes: number;
  byUser: number;
  userBytes: number;
}

/** Counts and sums what a project and a user have uploaded. */
export async function sumUploads(
  { projectId, userId }: { projectId: string; userId: string },
  db: Db = pooled,
): Promise<StoredUploads> {
  const row = await rowOf(
    statements
      .selectFrom("upload")
      .select(({ eb, fn, cast }) => {
        const count = fn.countAll<bigint>();
        const bytes = fn.sum<bigint | null>("size_bytes");
        const none = sql<bigint>`0`;
        const ofProject = eb("project_id", "=", projectId);
        const ofUser = eb("owner_id", "=", userId);
        return [
          cast<number>(count.filterWhere(ofProject), "integer").as("inProject"),
          cast<number>(fn.coalesce(bytes.filterWhere(ofProject), none), "float8").as("projectBytes"),
          cast<number>(count.filterWhere(ofUser), "integer").as("byUser"),
          cast<number>(fn.coalesce(bytes.filterWhere(ofUser), none), "float8").as("userBytes"),
        ];
      })
      .where((eb) => eb.or([eb("project_id", "=", projectId), eb("owner_id", "=", userId)])),
    db,
  );
  return row ?? { inProject: 0, projectBytes: 0, byUser: 0, userBytes: 0 };
}

interface NewUpload {
  id: string;
  projectId: string;
  ownerId: string;
  name: string;
  sizeBytes: number;
  sha256: string;
  content: Uint8Array;
}

/** A new upload. */
export async function insertUpload(tx: Tx, upload: NewUpload): Promise<void> {
  await tx.prisma.upload.create({ data: { ...upload, content: new Uint8Array(upload.content) } });
}

interface Place {
  projectId: string;
  environmentId: string;
}

/**
 * Those of the uploads that an environment uses already, or that belong to its project and whose uploader may still
 * upload there.
 */
export async function listUsableUploads(
  ids: readonly string[],
  { projectId, environmentId }: Place,
): Promise<string[]> {
  const rows = await rowsOf(
    statements
      .selectFrom("upload as u")
      .select("u.id")
      .where((eb) => eb("u.id", "=", eb.fn.any(eb.val(ids))))
      .where((eb) =>
        eb.or([
          eb.exists(usesOf(eb.ref("u.id"), environmentId)),
          eb.and([
            eb("u.project_id", "=", projectId),
            eb.exists(
              eb
                .selectFrom(userRows.as("o"))
                .leftJoin(memberRows.as("m"), (join) =>
                  join.onRef("m.user_id", "=", "o.id").onRef("m.project_id", "=", "u.project_id"),
                )
                .select("o.id")
                .whereRef("o.id", "=", "u.owner_id")
                .where("o.disabled_at", "is", null)
                .where((one) =>
                  one.or([one("o.org_role", "=", "admin"), one("m.role", "in", ["owner", "developer"])]),
                ),
            ),
          ]),
        ]),
      ),
  );
  return rows.map((row) => row.id);
}

function usesOf(uploadId: Expression<string>, environmentId: string) {
  return statements
    .selectFrom("upload_use as x")
    .select("x.upload_id")
    .where("x.upload_id", "=", uploadId)
    .where("x.environment_id", "=", environmentId);
}

/**
 * Keeps in mind that a request uses uploads, and keeps them from being deleted until the transaction ends. Answers how
 * many of them there are.
 */
export async function insertUses(
  tx: Tx,
  { requestId, environmentId }: { requestId: string; environmentId: string },
  uploads: readonly string[],
): Promise<number> {
  return await writtenBy(
    statements
      .insertInto("upload_use")
      .columns(["upload_id", "request_id", "environment_id"])
      .expression((eb) =>
        eb
          .selectFrom("upload")
          .select((one) => [
            "id",
            one.cast<string>(one.val(requestId), "text").as("request_id"),
            one.cast<string>(one.val(environmentId), "text").as("environment_id"),
          ])
          .where((one) => one("id", "=", one.fn.any(one.val(uploads))))
          .forKeyShare(),
      )
      .onConflict((conflict) =>
        conflict.columns(["upload_id", "request_id"]).doUpdateSet((eb) => ({
          environment_id: eb.ref("excluded.environment_id"),
        })),
      ),
    tx,
  );
}

/** An upload's content, for an environment of its project or one that uses it already. */
export async function findUploadContent(id: string, environmentId: string): Promise<Uint8Array | null> {
  const row = await rowOf(
    statements
      .selectFrom("upload as u")
      .innerJoin(environmentRows.as("e"), (join) => join.on("e.id", "=", environmentId))
      .select("u.content")
      .where("u.id", "=", id)
      .where((eb) =>
        eb.or([
          eb("u.project_id", "=", eb.ref("e.project_id")),
          eb.exists(usesOf(eb.ref("u.id"), environmentId)),
        ]),
      ),
  );
  return row?.content ?? null;
}

/** Counts an upload as used by an environment's newest request, unless the environment uses it already. */
export async function insertLateUse(id: string, environmentId: string): Promise<void> {
  await writtenBy(
    statements
      .insertInto("upload_use")
      .columns(["upload_id", "request_id", "environment_id"])
      .expression((eb) =>
        eb
          .selectFrom(requestRows.as("r"))
          .select((one) => [
            one.cast<string>(one.val(id), "text").as("upload_id"),
            "r.id as request_id",
            "r.environment_id",
          ])
          .where("r.environment_id", "=", environmentId)
          .where((one) => one.not(one.exists(usesOf(one.val(id), environmentId))))
          .orderBy("r.created_at", "desc")
          .limit(1),
      )
      .onConflict((conflict) => conflict.doNothing()),
  );
}
