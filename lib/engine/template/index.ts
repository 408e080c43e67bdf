export { componentEdges, componentGraph } from "./edges";
export { inFileOrder } from "./file-order";
export { manifestJsonSchema } from "./json-schema";
export { containerPortOf } from "./names";
export { parseManifest } from "./parse";
export { apiVersion, componentSchema, manifestSchema } from "./schema";
export { implementationSchemas } from "./schema-implementations";
export * from "./types";
