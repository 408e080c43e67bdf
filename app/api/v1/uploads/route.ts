import { createUpload } from "@/lib/features/catalog";
import { limits, uploadBody, uploadQuery, uploadSchema } from "@/lib/features/catalog/schema";
import { created, otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  summary: "Upload an archive for a request parameter",
  description:
    "Send the raw bytes of a .tar.gz, .tar or .zip archive: at most 20 MiB, 50,000 entries and 256 MiB unpacked. " +
    "The archive belongs to the project and is deleted after 24 hours unless a request uses it. " +
    "Storage per project and per user is limited (422 quota_exceeded). " +
    "Uploads per minute and concurrent uploads are limited too (429, 503 with Retry-After).",
  tags: ["Catalog"],
  permission: "upload.create",
  schemas: { query: uploadQuery, body: uploadBody },
  binaryTypes: [
    "application/octet-stream",
    "application/gzip",
    "application/x-gzip",
    "application/x-tar",
    "application/zip",
    "application/x-zip-compressed",
  ],
  maxBodyBytes: limits.uploadBytes,
  largeBody: true,
  rateLimit: { points: 30, perSeconds: 60 },
  response: uploadSchema,
  status: 201,
  handler: async ({ actor, query, body }) => created(await createUpload(actor, query, body)),
});

export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
