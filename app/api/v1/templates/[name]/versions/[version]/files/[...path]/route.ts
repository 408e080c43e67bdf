import { getVersionFile, toFileContent } from "@/lib/features/catalog";
import { fileContentSchema, fileParams, fileQuery } from "@/lib/features/catalog/schema";
import { downloadResponse, otherMethods, route } from "@/lib/platform/http";

export const GET = route({
  summary: "One file of a template version",
  description:
    "Its text, or base64 where it is none, up to 1 MiB; `download=true` answers with the file itself, never to be " +
    "shown by a browser. Both carry the version’s digest: what you looked at is what is published under it.",
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
