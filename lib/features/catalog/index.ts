export { type BuiltinSync, syncBuiltinTemplates } from "./builtin";
export { listVersionChanges } from "./changes";
export { digestOfFiles, fileSourceFor, relativeTo } from "./files";
export { importArchive, importManifest, readContent } from "./import";
export { transitionVersion } from "./lifecycle";
export { type LoadedVersion, loadVersion, loadVersionByName, loadVersions } from "./load-version";
export { runningProduct } from "./products";
export {
  type CatalogOptions,
  catalogFacets,
  getTemplate,
  getVersion,
  listTemplates,
  type PriceRange,
} from "./queries";
export { getReadme, hasReadme, isReadme } from "./readme";
export { importRevision } from "./revise";
export { transitionRules, transitionsFrom } from "./rules";
export { forgetTemplateStats, templateStats } from "./stats";
export { listTemplateFacets } from "./store";
export { deleteDemoTemplates } from "./store-demo";
export type { FileEntry } from "./store-files";
export { hasVersion } from "./store-versions";
export { pruneUploads } from "./upload-prune";
export { recordUploadUse, requireUploads } from "./upload-use";
export { createUpload } from "./uploads";
export { getVersionDiff, reviewVersion } from "./version-diff";
export { getVersionFile, listVersionFiles, toFileContent } from "./version-files";
export { countReviews, listVersions } from "./version-list";
export { chooseVersions } from "./version-sort";
