import { getVersionFile, toFileContent } from "@/lib/features/catalog";
import { fileContentSchema, fileParams, fileQuery } from "@/lib/features/catalog/schema";
import { downloadResponse, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "Get a file of a template version",
  description:
    "Returns the text, or base64 for a binary file, up to 1 MiB. " +
    "`download=true` returns the file itself as an attachment. " +
    "Both include the version’s digest, so the content you reviewed is the content that is published.",
  tags: ["Catalog"],
  permission: "template.review",
  schemas: { params: fileParams, query: fileQuery },
  response: fileContentSchema,
  handler: async ({ actor, params, query: { download, digest } }) => {
    const file = await getVersionFile(actor, { ...params, digest });
    if (!download) return toFileContent(file);
    return downloadResponse(file.bytes, file.path.split("/").at(-1) ?? "file", {
      "x-version-digest": file.digest,
      "repr-digest": `sha-256=:${Buffer.from(file.sha256, "hex").toString("base64")}:`,
    });
  },
});

export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
