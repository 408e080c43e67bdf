import type { z } from "zod";
import type { ImplementationKind } from "@/lib/clouds/contract";
import type { DesiredView } from "@/lib/engine/plan";
import { query, readOr } from "@/lib/platform/db";
import { storedAddressSchema, storedValuesSchema, storedViewSchema } from "./stored-schema";

/** A resource as what loads environments needs it. */
export interface LoadedResource {
  environmentId: string;
  component: string;
  cloudId: string;
  cloudName: string;
  kind: ImplementationKind;
  desired: string | null;
  desiredDigest: string;
  spec: DesiredView;
  address: z.output<typeof storedAddressSchema>;
  outputs: z.output<typeof storedValuesSchema>;
  sealedOutputs: string | null;
  outdated: string | null;
  /** Its documents that are damaged, in words; they are empty here. */
  damaged: string[];
}

/**
 * SQL: the rows of `resource` for each environment of `$1`, by the index on its environments; `asked.id` is the
 * environment. A prepared `= ANY($1)` would read the whole table as long as its plan is from a time when that was small.
 */
export function resourcesOfEach(condition = "true"): string {
  return `unnest($1::text[]) AS asked(id), LATERAL (
    SELECT * FROM resource WHERE environment_id = asked.id AND ${condition} OFFSET 0)`;
}

/** What exists of environments, oldest first. Raw SQL, since it reads with `unnest` (`resourcesOfEach`). */
export async function listLoadedResources(environmentIds: readonly string[]): Promise<LoadedResource[]> {
  const rows = await query<StoredResource>(
    `SELECT r.environment_id AS "environmentId", r.component, r.cloud_id AS "cloudId",
       coalesce(c.title, r.cloud_id) AS "cloudName", r.attributes->>'outdated' AS outdated, r.kind, r.desired, r.desired_digest AS "desiredDigest", r.spec,
       r.address, r.outputs, r.sealed_outputs AS "sealedOutputs"
     FROM ${resourcesOfEach()} r LEFT JOIN cloud c ON c.id = r.cloud_id ORDER BY r.created_at`,
    [environmentIds],
    { name: "environment_resources" },
  );
  return rows.map(readable);
}

type Documents = "spec" | "address" | "outputs";
type StoredResource = Omit<LoadedResource, Documents | "damaged"> & Record<Documents, unknown>;

function readable(row: StoredResource): LoadedResource {
  const damaged: string[] = [];
  const tell = (what: string) => () => damaged.push(`${what} of ${row.component}`);
  return {
    ...row,
    spec: readOr(storedViewSchema, row.spec, unknownView(row.kind), tell("applied state")),
    address: readOr(storedAddressSchema, row.address, {}, tell("address")),
    outputs: readOr(storedValuesSchema, row.outputs, {}, tell("outputs")),
    damaged,
  };
}

/** Of what nothing is known besides that it exists: it can still be stopped and destroyed. */
const unknownView = (kind: ImplementationKind): DesiredView => ({
  kind,
  replicas: 1,
  size: { cpu: 0, memoryBytes: 0, storageBytes: 0 },
  spec: {},
  files: "",
  health: null,
});
