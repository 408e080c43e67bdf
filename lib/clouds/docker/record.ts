import { createHash } from "node:crypto";
import type Dockerode from "dockerode";
import { z } from "zod";
import type { ComponentRef } from "../contract";
import { type CallOptions, creation, type DockerCloud } from "./engine";
import { ignoring } from "./errors";
import { labelFilter, labels, recordName, refLabels } from "./names";

/**
 * What was last completed on a component. Docker's labels cannot be changed on a living container, so limits
 * changed in place, a deliberate stop and added replicas need a place of their own in the engine: an empty
 * volume whose labels say it. Writing is "create the new one, then remove the old": the newest counts.
 */
const recordSchema = z.object({
  key: z.string(),
  digest: z.string(),
  replicas: z.number(),
  cpu: z.number(),
  memoryBytes: z.number(),
  /** Logical → host port, so that they survive even a container removed by hand. */
  ports: z.record(z.string(), z.number()),
  web: z.number().nullable(),
  stopped: z.boolean(),
  /** The image that was used, by name and by content. Null in records of earlier versions. */
  image: z.object({ name: z.string(), reference: z.string() }).nullable().default(null),
  /** Milliseconds since 1970. */
  at: z.number(),
});

export type ComponentRecord = z.output<typeof recordSchema>;

interface StoredRecord {
  name: string;
  record: ComponentRecord;
  labels: Record<string, string>;
}

async function listStored(
  cloud: DockerCloud,
  filters: string,
  options?: CallOptions,
): Promise<StoredRecord[]> {
  const { engine } = cloud;
  const answer = await engine.call(
    "listing records",
    (abortSignal) => engine.docker.listVolumes({ filters, abortSignal }),
    options,
  );
  const stored: StoredRecord[] = [];
  for (const volume of answer.Volumes ?? []) {
    const record = readRecord(volume.Labels?.[labels.record]);
    if (record) stored.push({ name: volume.Name, record, labels: volume.Labels ?? {} });
  }
  return stored.sort((left, right) => right.record.at - left.record.at);
}

function readRecord(text: string | undefined): ComponentRecord | null {
  if (!text) return null;
  try {
    return recordSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // A label edited by hand counts as no record: the containers' own labels still tell enough.
    return null;
  }
}

/** The last completed change of a component; null when none was (or its record was pruned). */
export async function latestRecord(
  cloud: DockerCloud,
  ref: ComponentRef,
  options?: CallOptions,
): Promise<ComponentRecord | null> {
  const stored = await listStored(cloud, labelFilter(ref.environmentId, ref.component, "record"), options);
  return stored[0]?.record ?? null;
}

/** The newest record of every component on this engine, whichever Rostrum made it. */
export async function listRecords(cloud: DockerCloud, options?: CallOptions): Promise<ComponentRecord[]> {
  const stored = await listStored(cloud, JSON.stringify({ label: [`${labels.role}=record`] }), options);
  const newest = new Map<string, ComponentRecord>();
  for (const entry of stored) {
    const component = `${entry.labels[labels.environment]}/${entry.labels[labels.component]}`;
    if (!newest.has(component)) newest.set(component, entry.record);
  }
  return [...newest.values()];
}

/** Makes a record the newest one, then removes the older ones. */
export async function writeRecord(
  cloud: DockerCloud,
  ref: ComponentRef,
  wanted: Omit<ComponentRecord, "at">,
  options?: CallOptions,
): Promise<void> {
  const { engine } = cloud;
  const filters = labelFilter(ref.environmentId, ref.component, "record");
  const older = await listStored(cloud, filters, options);
  // Clocks of two workers may differ: the new record must sort after what is there in any case.
  const at = Math.max(Date.now(), (older[0]?.record.at ?? 0) + 1);
  const text = JSON.stringify({ ...wanted, at } satisfies ComponentRecord);
  const name = recordName(ref, createHash("sha256").update(text).digest("hex").slice(0, 8));
  const recordLabels = {
    ...refLabels(cloud.host.cloudId, ref, "record"),
    [labels.key]: wanted.key,
    [labels.digest]: wanted.digest,
    [labels.record]: text,
  };
  await engine.call(
    "recording the change",
    (abortSignal) =>
      engine.docker.createVolume(
        creation<Dockerode.VolumeCreateOptions>(
          {},
          { Name: name, Driver: "local", Labels: recordLabels },
          abortSignal,
        ),
      ),
    { ...options, creates: true },
  );
  for (const entry of older) {
    // Another worker with the same step may have removed it already.
    await ignoring([404], () =>
      engine.call(
        "removing an older record",
        (abortSignal) =>
          engine.docker.getVolume(entry.name).remove({ abortSignal } as Dockerode.VolumeRemoveOptions),
        options,
      ),
    );
  }
}
