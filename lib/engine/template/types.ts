import type { z } from "zod";
import type { componentSchema, manifestSchema } from "./schema";
import type {
  ansibleSchema,
  containerSchema,
  heatSchema,
  httpSchema,
  implementationSchemas,
  kubernetesSchema,
  processSchema,
  scriptSchema,
  terraformSchema,
} from "./schema-implementations";
import type {
  acceptanceSchema,
  backupSchema,
  healthSchema,
  recoverySchema,
  scalingSchema,
  sizeSchema,
} from "./schema-operations";
import type { parameterPageSchema } from "./schema-parameters";

export type { Parameter } from "./schema-parameters";

/**
 * A manifest as `parseManifest` gives it: every default filled in, short forms written out (a list of
 * variables is a map, a text output is {value}, parameters are pages). Written as YAML it parses to itself.
 * Texts may still hold `${{ … }}`; evaluate a component before reading numbers out of it.
 */
export type Manifest = z.output<typeof manifestSchema>;
export type ManifestSpec = Manifest["spec"];
export type ManifestMetadata = Manifest["metadata"];
export type Component = z.output<typeof componentSchema>;
export type ComponentOutput = Component["outputs"][string];
export type TemplateOutput = ManifestSpec["outputs"][string];
export type SecretSource = Component["secrets"][string];
export type Preset = ManifestSpec["presets"][number];
export type Action = ManifestSpec["actions"][number];
export type Acceptance = z.output<typeof acceptanceSchema>;
export type Lifecycle = ManifestSpec["lifecycle"];

export type Size = z.output<typeof sizeSchema>;
export type Backup = z.output<typeof backupSchema>;
export type Health = z.output<typeof healthSchema>;
export type Scaling = z.output<typeof scalingSchema>;
export type Recovery = z.output<typeof recoverySchema>;

export type ImplementationKind = keyof typeof implementationSchemas;
export type ContainerSpec = z.output<typeof containerSchema>;
export type ProcessSpec = z.output<typeof processSchema>;
export type ScriptSpec = z.output<typeof scriptSchema>;
export type HttpSpec = z.output<typeof httpSchema>;
export type TerraformSpec = z.output<typeof terraformSchema>;
export type KubernetesSpec = z.output<typeof kubernetesSchema>;
export type HeatSpec = z.output<typeof heatSchema>;
export type AnsibleSpec = z.output<typeof ansibleSchema>;

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
export type ComponentEdge = { from: string; to: string; kind: "reference" | "requires" };
