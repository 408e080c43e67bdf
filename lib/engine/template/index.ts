export { componentGraph } from "./edges";
export { inFileOrder } from "./file-order";
export { manifestJsonSchema } from "./json-schema";

export { parseManifest } from "./parse";
export { manifestSchema } from "./schema";
export { implementationSchemas } from "./schema-implementations";
export * from "./types";
