import { z } from "zod";
import { implementationKinds } from "@/lib/clouds/contract";

/** Values by name: parameters and outputs of environments, attributes and outputs of resources. */
export const storedValuesSchema = z.record(z.string(), z.unknown());

/** Where the components of an environment are, by their names. */
export const storedPlacementSchema = z.record(
  z.string(),
  z.object({ cloudId: z.string(), cloudName: z.string(), kind: z.enum(implementationKinds) }),
);

const endpointSchema = z.object({
  host: z.string(),
  ports: z.record(z.string(), z.number()),
  url: z.string().nullable(),
  outputs: z.record(z.string(), z.object({ value: z.unknown(), secret: z.boolean() })),
});

/** Where a resource is reached. Demo data and older versions store less of an endpoint. */
export const storedAddressSchema = z.object({
  internal: endpointSchema.partial().optional(),
  external: endpointSchema.partial().optional(),
  url: z.string().nullish(),
});

/** The state that was applied to a resource, without secrets. */
export const storedViewSchema = z.object({
  kind: z.enum(implementationKinds),
  replicas: z.number(),
  size: z.object({ cpu: z.number(), memoryBytes: z.number(), storageBytes: z.number() }),
  spec: z.record(z.string(), z.unknown()),
  files: z.string(),
  health: z.unknown(),
});
