import { z } from "zod";
import { deleteBackup, getBackup } from "@/lib/features/backups";
import { backupSchema } from "@/lib/features/backups/schema";
import { noContent, otherMethods, route } from "@/lib/platform/http";

const params = z.object({ id: z.string() });

export const GET = route({
  permission: "backup.read",
  summary: "Get a backup",
  tags: ["Backups"],
  schemas: { params },
  response: backupSchema,
  handler: async ({ actor, params }) => await getBackup(actor, params.id),
});

export const DELETE = route({
  permission: "backup.create",
  summary: "Delete a backup and its files",
  tags: ["Backups"],
  status: 204,
  schemas: { params },
  handler: async ({ actor, params }) => {
    await deleteBackup(actor, params.id);
    return noContent();
  },
});

export const { POST, PUT, PATCH } = otherMethods("GET", "DELETE");
