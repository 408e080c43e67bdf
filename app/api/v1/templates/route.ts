import type { z } from "zod";
import { importArchive, importManifest, importRevision, listTemplates } from "@/lib/features/catalog";
import {
  importBody,
  importedSchema,
  importQuery,
  limits,
  templateListSchema,
  templateQuery,
} from "@/lib/features/catalog/schema";
import { catalogPrice } from "@/lib/features/requests";
import type { Actor } from "@/lib/platform/auth";
import { created, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "List templates",
  tags: ["Catalog"],
  permission: "catalog.read",
  schemas: { query: templateQuery },
  response: templateListSchema,
  handler: async ({ actor, query }) => ({
    items: await listTemplates(actor, query, { priceOf: catalogPrice }),
  }),
});

export const POST = route({
  summary: "Create a draft template version",
  description:
    "Send the manifest as YAML, as JSON {manifest}, or as an archive (.tar.gz, .tar, .zip) with template.yaml " +
    "at the top level. " +
    "An invalid manifest returns 422 with all validation errors and line numbers. " +
    "`filesFrom` copies the files of another version; send its digest, as you reviewed it, in `filesDigest`.",
  tags: ["Catalog"],
  permission: "template.author",
  schemas: { query: importQuery, body: importBody },
  textTypes: ["application/yaml", "text/yaml", "application/x-yaml", "text/x-yaml", "text/plain"],
  binaryTypes: ["application/gzip", "application/x-gzip", "application/x-tar", "application/zip"],
  maxBodyBytes: limits.archiveBytes,
  largeBody: true,
  response: importedSchema,
  status: 201,
  handler: async ({ actor, query, body }) => {
    const imported = await take(actor, body, query);
    return created(imported, `/api/v1/templates/${imported.name}/versions/${imported.version}`);
  },
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");

function take(actor: Actor, body: z.output<typeof importBody>, query: z.output<typeof importQuery>) {
  if (body instanceof Uint8Array) return importArchive(actor, body);
  const manifest = typeof body === "string" ? body : body.manifest;
  const { filesFrom: version, filesDigest: digest } = query;
  if (version === undefined || digest === undefined) return importManifest(actor, manifest);
  return importRevision(actor, manifest, { version, digest });
}
