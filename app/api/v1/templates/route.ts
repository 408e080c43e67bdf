import { importArchive, importManifest, listTemplates } from "@/lib/features/catalog";
import {
  importBody,
  importedSchema,
  limits,
  templateListSchema,
  templateQuery,
} from "@/lib/features/catalog/schema";
import { created, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "The catalog",
  tags: ["Catalog"],
  permission: "catalog.read",
  schemas: { query: templateQuery },
  response: templateListSchema,
  handler: async ({ actor, query }) => ({ items: await listTemplates(actor, query) }),
});

export const POST = route({
  summary: "Add a template version as a draft",
  description:
    "Send the manifest as YAML, as JSON {manifest}, or an archive (.tar.gz, .tar, .zip) with template.yaml at its top. A wrong manifest is answered 422 with every problem and its line.",
  tags: ["Catalog"],
  permission: "template.author",
  schemas: { body: importBody },
  textTypes: ["text/yaml", "application/yaml", "application/x-yaml", "text/plain"],
  binaryTypes: ["application/gzip", "application/x-gzip", "application/x-tar", "application/zip"],
  maxBodyBytes: limits.archiveBytes,
  response: importedSchema,
  status: 201,
  handler: async ({ actor, body }) => {
    const imported =
      body instanceof Uint8Array
        ? await importArchive(actor, body)
        : await importManifest(actor, typeof body === "string" ? body : body.manifest);
    return created(imported, `/api/v1/templates/${imported.name}/versions/${imported.version}`);
  },
});

export const { PUT, PATCH, DELETE } = otherMethods("GET", "POST");
