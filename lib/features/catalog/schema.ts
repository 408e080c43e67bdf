import { z } from "zod";
import { lineText } from "@/lib/kernel/text";
import { textUpTo } from "@/lib/kernel/text-schema";
import { digestText, fileDiff, fileFacts, versionPath } from "./file-schema";

export {
  type FileContent,
  type FileDiff,
  fileContentSchema,
  fileLimits,
  fileParams,
  fileQuery,
  filesQuery,
  type VersionFile,
  type VersionFiles,
  versionFilesSchema,
} from "./file-schema";
export { versionStates } from "./states";

export const versionStatuses = ["draft", "in_review", "published", "deprecated", "retired"] as const;
export type VersionStatus = (typeof versionStatuses)[number];

export const versionStatusLabels: Record<VersionStatus, string> = {
  draft: "Draft",
  in_review: "In review",
  published: "Published",
  deprecated: "Deprecated",
  retired: "Retired",
};

/** What a person can do with a version. */
export const versionTransitions = ["submit", "publish", "reject", "deprecate", "retire"] as const;
export type VersionTransition = (typeof versionTransitions)[number];

export const checkNames = ["manifest", "files", "clouds", "acceptance", "presets", "sizes"] as const;
export const checkStates = ["passed", "warning", "failed"] as const;

/** One automated check of a version, made when it is submitted. */
export const versionCheckSchema = z.object({
  name: z.enum(checkNames),
  title: z.string(),
  state: z.enum(checkStates),
  /** One sentence per finding; empty when it passed. */
  messages: z.array(z.string()),
});
export type VersionCheck = z.output<typeof versionCheckSchema>;

/** Upper bounds of what a template and an upload may weigh. */
export const limits = {
  manifestBytes: 512 * 1024,
  archiveBytes: 20 * 1024 * 1024,
  unpackedBytes: 60 * 1024 * 1024,
  files: 2_000,
  /** Of an archive: its files, its folders and what describes them. */
  entries: 8_000,
  uploadBytes: 20 * 1024 * 1024,
  /** Archives that wait until others are read; one more is told to come back. */
  waitingArchives: 4,
} as const;

export const templateParams = z.object({ name: z.string().min(1).max(64) });
export const versionParams = versionPath;
export const transitionParams = versionPath.extend({ transition: z.enum(versionTransitions) });

export const templateQuery = z.object({
  q: z.string().trim().max(100).optional(),
  category: z.string().max(100).optional(),
  tag: z.string().max(100).optional(),
  /** Also templates without a published version, for those who may see them. */
  all: z.stringbool().optional(),
});
export type TemplateQuery = z.output<typeof templateQuery>;

export const transitionBody = z.strictObject({
  digest: z
    .string({ error: "Send the digest of the version you reviewed" })
    .min(1)
    .max(100)
    .describe("The version's digest as you reviewed it; returns 409 if the content has changed"),
  note: textUpTo(4_000).default(""),
});
const manifestText = z.string().min(1).max(limits.manifestBytes, "use at most 512 KiB");
const archiveBytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, "expected an archive");

/** The manifest's text, bare or in JSON, or an archive. */
export const importBody = z.union([manifestText, z.strictObject({ manifest: manifestText }), archiveBytes]);
export const uploadBody = archiveBytes;

export const importQuery = z
  .object({
    filesFrom: z
      .string()
      .regex(/^[^@]{1,64}@[^@]{1,64}$/, "Use the format template@version")
      .optional()
      .describe("Version (template@version) whose files are copied when you send only a manifest"),
    filesDigest: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe(
        "With `filesFrom`: that version's digest as you reviewed it; returns 409 if the content has changed",
      ),
  })
  .refine((asked) => asked.filesFrom === undefined || asked.filesDigest !== undefined, {
    path: ["filesDigest"],
    message: "Send the digest of the version that the files come from",
  });

export const diffQuery = z.object({ against: z.string().min(1).max(64).optional() });
export const versionDiffSchema = z.object({
  before: z.object({ version: z.string().nullable(), digest: digestText.nullable(), source: z.string() }),
  after: z.object({ version: z.string(), digest: digestText, source: z.string() }),
  files: z.array(fileDiff).describe("Added, changed or removed files by path, without the manifest"),
});
export type VersionDiff = z.output<typeof versionDiffSchema>;

export const importedSchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  status: z.enum(versionStatuses),
  digest: digestText,
});
export type ImportedVersion = z.output<typeof importedSchema>;

const versionSummary = z.object({
  id: z.string(),
  version: z.string(),
  digest: digestText,
  status: z.enum(versionStatuses),
  author: z.string().nullable(),
  contributors: z
    .array(z.string())
    .describe("Users who contributed content to the version; they can’t publish it"),
  reviewer: z.string().nullable(),
  createdAt: z.iso.datetime(),
  publishedAt: z.iso.datetime().nullable(),
  environments: z.number(),
});
export type VersionSummary = z.output<typeof versionSummary>;

export const templateSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  category: z.string(),
  icon: z.string(),
  tags: z.array(z.string()),
  owner: z.string(),
  builtin: z.boolean(),
  /** Newest published version; null when nothing is offered yet. */
  version: z.string().nullable(),
  versionId: z.string().nullable(),
  /** Living environments of any version. */
  running: z.number(),
  /** Median of successful create runs; null while no one knows. */
  typicalSeconds: z.number().nullable(),
  /** Successful share of finished create runs, 0 to 1; null while there are none. */
  successRate: z.number().nullable(),
  /** Monthly price of the cheapest and the dearest preset; null when unknown. */
  price: z.object({ from: z.string(), to: z.string(), currency: z.string() }).nullable(),
});
export type TemplateSummary = z.output<typeof templateSummarySchema>;

export const templateListSchema = z.object({ items: z.array(templateSummarySchema) });

export const templateDetailSchema = templateSummarySchema.extend({ versions: z.array(versionSummary) });
export type TemplateDetail = z.output<typeof templateDetailSchema>;

const componentSummary = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  icon: z.string(),
  product: z
    .string()
    .nullable()
    .describe("What the image or the program is, such as postgresql; null if a parameter decides"),
  ports: z.array(z.string()).describe("Ports of the component itself; the first is its endpoint"),
  implementations: z.array(z.string()),
  requires: z.array(z.string()),
  backup: z.boolean(),
});

export const versionDetailSchema = versionSummary.extend({
  template: z.string(),
  title: z.string(),
  contact: z
    .string()
    .nullable()
    .describe("Where the template’s owner is reached: mailto: with an email address, or an https URL"),
  /** The manifest's text as it was written. */
  source: z.string(),
  manifest: z.record(z.string(), z.unknown()),
  /** Pages of the request form (lib/engine/parameters). */
  form: z.array(z.unknown()),
  presets: z.array(z.unknown()),
  components: z.array(componentSummary),
  files: z.array(fileFacts),
  checks: z.array(versionCheckSchema),
  reviewNote: z.string(),
  submittedAt: z.iso.datetime().nullable(),
  retiredAt: z.iso.datetime().nullable(),
});
export type VersionDetail = z.output<typeof versionDetailSchema>;

export const uploadSchema = z.object({
  id: z.string(),
  projectId: z.string(),
  name: z.string(),
  sizeBytes: z.number(),
  sha256: z.string(),
});
export type UploadDto = z.output<typeof uploadSchema>;
export const uploadQuery = z.object({
  name: lineText(200).default("archive"),
  project: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("Slug or ID of the project that can use it; required if you can upload to several"),
});

export const versionSorts = ["title", "status", "category", "published", "environments"] as const;
export type VersionSort = (typeof versionSorts)[number];

export const versionFilter = z.object({
  q: z.string().trim().max(100).optional().describe("Filter by title, name or category (substring)"),
  status: z.enum(versionStatuses).optional(),
  sort: z.enum(versionSorts).optional(),
  direction: z.enum(["asc", "desc"]).optional(),
});
export type VersionFilter = z.output<typeof versionFilter>;

/** One version in the list of those who review. */
const versionListItem = z.object({
  id: z.string(),
  template: z.string(),
  title: z.string(),
  icon: z.string(),
  category: z.string(),
  builtin: z.boolean(),
  version: z.string(),
  digest: digestText,
  status: z.enum(versionStatuses),
  authorId: z.string().nullable(),
  author: z.string().nullable(),
  contributorIds: z.array(z.string()),
  createdAt: z.iso.datetime(),
  submittedAt: z.iso.datetime().nullable(),
  publishedAt: z.iso.datetime().nullable(),
  environments: z.number().describe("Active environments that use this version"),
  checks: versionCheckSchema.shape.state
    .nullable()
    .describe("Worst result of the checks; null before the first check"),
});
export type VersionListItem = z.output<typeof versionListItem>;
export const versionListSchema = z.object({ items: z.array(versionListItem) });
