import { z } from "zod";
import { getProtection, listBackups, requestBackup } from "@/lib/features/backups";
import { backupBody, backupSchema, protectionSchema } from "@/lib/features/backups/schema";
import { created, otherMethods, route } from "@/lib/platform/http";

const params = z.object({ id: z.string() });

export const GET = route({
  permission: "backup.read",
  summary: "List an environment's backups",
  tags: ["Backups"],
  schemas: { params },
  response: z.object({ items: z.array(backupSchema), protection: protectionSchema }),
  handler: async ({ actor, params }) => ({
    items: await listBackups(actor, params.id),
    protection: await getProtection(actor, params.id),
  }),
});

/** Answers at once; a worker takes it. To restore, submit a request of kind `restore`. */
export const POST = route({
  permission: "backup.create",
  summary: "Create a backup",
  tags: ["Backups"],
  status: 201,
  schemas: { params, body: backupBody },
  response: backupSchema,
  handler: async ({ actor, params, body }) => {
    const backup = await requestBackup(actor, params.id, { note: body.note });
    return created(backup, `/api/v1/backups/${backup.id}`);
  },
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
