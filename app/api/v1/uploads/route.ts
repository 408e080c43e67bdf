import { createUpload } from "@/lib/features/catalog";
import { limits, uploadBody, uploadQuery, uploadSchema } from "@/lib/features/catalog/schema";
import { created, otherMethods, route } from "@/lib/platform/http";

export const POST = route({
  summary: "Upload an archive that a request names as a parameter",
  description:
    "The raw bytes of a .tar.gz, .tar or .zip of at most 20 MiB, which may hold 50,000 entries and unpack to 256 MiB. " +
    "It belongs to the project; one that no request names is removed after 24 hours. What a project and a user may " +
    "have stored is limited (422 quota_exceeded), and so are uploads a minute and at once (429, 503 with Retry-After).",
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
