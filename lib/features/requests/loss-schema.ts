import { z } from "zod";

export const lossKinds = ["data", "backup", "address"] as const;

/** Something that a change deletes or empties, as every page and the API show it. */
export const lossSchema = z.object({
  component: z.string().describe("Empty for a loss of the environment as a whole"),
  title: z.string(),
  kind: z.enum(lossKinds),
  name: z.string().describe("Volume, number of backups, or address. Empty for data without a named volume"),
  reason: z.enum([
    "volume_removed",
    "volume_renamed",
    "component_removed",
    "component_replaced",
    "implementation_changed",
    "cloud_changed",
    "environment_destroyed",
    "data_restored",
  ]),
  sizeBytes: z.number().nullable().describe("As observed; null when unknown"),
  lastBackup: z
    .object({ id: z.string(), at: z.string(), restorable: z.boolean() })
    .nullable()
    .describe("Newest backup of the component, and whether the environment can restore it after the change"),
  safetyCopy: z.boolean().describe("A verified safety backup is created before any change"),
  sentence: z.string(),
});
export type Loss = z.output<typeof lossSchema>;
export const lossListSchema = z.array(lossSchema);
