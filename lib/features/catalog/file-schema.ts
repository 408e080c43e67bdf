import { z } from "zod";

export const versionPath = z.object({ name: z.string().min(1).max(64), version: z.string().min(1).max(64) });
export const digestText = z
  .string()
  .describe("SHA-256 over the manifest's text and every file (path, executable bit, content)");

export const filesQuery = z.object({
  digest: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("The version's digest as you reviewed it; returns 409 if the content has changed"),
});
export const fileParams = versionPath.extend({
  path: z
    .union([z.string(), z.array(z.string()).transform((parts) => parts.join("/"))])
    .pipe(z.string().min(1).max(1_100))
    .meta({
      type: "string",
      description: "Path of the file in the version; slashes don’t need encoding",
    }),
});
export const fileQuery = filesQuery.extend({
  download: z.stringbool().optional().describe("Returns the file itself, as an attachment"),
});

/** Upper bounds of what answers and pages show of files; what is larger is downloaded. */
export const fileLimits = {
  /** Of one file in JSON. */
  contentBytes: 1024 * 1024,
  /** Of either side of one compared file. */
  comparedBytes: 256 * 1024,
  /** Of all files that one answer compares. */
  comparedTotalBytes: 2 * 1024 * 1024,
  /** Lines of one file's comparison, and of all. */
  comparedLines: 2_000,
  comparedTotalLines: 8_000,
} as const;

export const fileFacts = z.object({
  path: z.string(),
  sizeBytes: z.number(),
  executable: z.boolean(),
  sha256: z.string(),
});
export type VersionFile = z.output<typeof fileFacts>;

export const versionFilesSchema = z.object({
  template: z.string(),
  version: z.string(),
  digest: digestText,
  files: z.array(fileFacts),
});
export type VersionFiles = z.output<typeof versionFilesSchema>;

export const fileContentSchema = fileFacts.extend({
  template: z.string(),
  version: z.string(),
  digest: digestText,
  encoding: z.enum(["utf8", "base64"]).describe("base64 for binary files"),
  content: z.string().nullable().describe("Null for a file larger than 1 MiB; download it instead"),
});
export type FileContent = z.output<typeof fileContentSchema>;

const diffLine = z.object({
  kind: z.enum(["same", "added", "removed", "skipped"]),
  text: z.string().describe("Text of the line; for skipped lines, their number"),
  line: z.number().describe("Line number from 1, in the new text (for a removed line, in the old text)"),
});

export const fileDiff = z.object({
  path: z.string(),
  change: z.enum(["added", "changed", "removed"]),
  before: fileFacts.omit({ path: true }).nullable(),
  after: fileFacts.omit({ path: true }).nullable(),
  comparison: z
    .enum(["text", "binary", "too_large", "restricted"])
    .describe(
      "text: `lines` lists the changes (empty if only the executable bit changed). binary, too_large: compare hashes or download. restricted: only reviewers can see the content",
    ),
  lines: z.array(diffLine),
});
export type FileDiff = z.output<typeof fileDiff>;
