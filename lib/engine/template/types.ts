import type { z } from "zod";
import type { componentSchema, manifestSchema } from "./schema";
import type { containerSchema, implementationSchemas } from "./schema-implementations";
import type { backupSchema, healthSchema } from "./schema-operations";
import type { parameterPageSchema } from "./schema-parameters";

export type { Parameter } from "./schema-parameters";

/**
 * A manifest as `parseManifest` gives it: every default filled in, short forms written out (a list of
 * variables is a map, a text output is {value}, parameters are pages). Written as YAML it parses to itself.
 * Texts may still hold `${{ … }}`; evaluate a component before reading numbers out of it.
 */
export type Manifest = z.output<typeof manifestSchema>;
export type ManifestSpec = Manifest["spec"];
export type Component = z.output<typeof componentSchema>;
export type Preset = ManifestSpec["presets"][number];

export type Backup = z.output<typeof backupSchema>;
export type Health = z.output<typeof healthSchema>;

export type ImplementationKind = keyof typeof implementationSchemas;
export type ContainerSpec = z.output<typeof containerSchema>;

export type ParameterPage = z.output<typeof parameterPageSchema>;

/** Something wrong in a manifest. Lines and columns count from 1; `path` is dotted, "" for the whole file. */
export type Problem = {
  path: string;
  line: number;
  column: number;
  message: string;
  /** What may stand there instead, where that is a closed list. */
  allowed?: string[];
};

export type ParseResult = { ok: true; manifest: Manifest } | { ok: false; problems: Problem[] };

/** An order between components: `from` needs `to`, so `to` is created first and removed last. */
export type ComponentEdge = { from: string; to: string };
