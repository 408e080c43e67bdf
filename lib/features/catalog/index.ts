export { type BuiltinSync, syncBuiltinTemplates } from "./builtin";
export { digestOfFiles, type FileEntry, fileSourceFor, readUpload, relativeTo } from "./files";
export { importArchive, importManifest } from "./import";
export { transitionVersion } from "./lifecycle";
export { type LoadedVersion, loadVersion, loadVersionByName, loadVersions } from "./load-version";
export {
  type CatalogOptions,
  catalogFacets,
  compareVersion,
  getTemplate,
  getVersion,
  getVersionDiff,
  listReviews,
  listTemplates,
  type PriceRange,
} from "./queries";
export { importRevision } from "./revise";
export { transitionRules, transitionsFrom } from "./rules";
export { forgetTemplateStats, templateStats } from "./stats";
export { createUpload } from "./uploads";
export { listVersions } from "./version-list";
export { chooseVersions } from "./version-sort";
