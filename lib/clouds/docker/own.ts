import type Dockerode from "dockerode";
import { z } from "zod";
import { type ComponentRef, DriverError } from "../contract";
import type { CallOptions, DockerCloud } from "./engine";
import { statusOf } from "./errors";
import { labelFilter, labels, type Role } from "./names";
import { type ComponentRecord, latestRecord } from "./record";

/** The part of an inspected container that the driver reads. */
const inspectSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Created: z.string(),
  Image: z.string(),
  RestartCount: z.number().optional(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Paused: z.boolean().default(false),
    OOMKilled: z.boolean().default(false),
    ExitCode: z.number(),
    Error: z.string().default(""),
    StartedAt: z.string(),
    FinishedAt: z.string(),
    Health: z
      .looseObject({
        Status: z.string(),
        Log: z.array(z.object({ Output: z.string(), ExitCode: z.number() })).nullish(),
      })
      .nullish(),
  }),
  Config: z.object({
    Labels: z.record(z.string(), z.string()).nullable(),
    Image: z.string(),
    User: z.string().default(""),
    StopTimeout: z.number().optional(),
  }),
  /** In full: what is not known here is judged too, before a container is started. */
  HostConfig: z.looseObject({
    NanoCpus: z.number().default(0),
    Memory: z.number().default(0),
    PidsLimit: z.number().nullish(),
    Ulimits: z.array(z.looseObject({ Name: z.string(), Hard: z.number() })).nullish(),
  }),
  NetworkSettings: z
    .looseObject({
      Networks: z
        .record(
          z.string(),
          z.looseObject({ NetworkID: z.string().default(""), IPAddress: z.string().default("") }),
        )
        .nullish(),
    })
    .optional(),
  Mounts: z
    .array(
      z.object({
        Type: z.string(),
        Name: z.string().optional(),
        Destination: z.string(),
        RW: z.boolean(),
      }),
    )
    .default([]),
});

export type Inspected = Omit<z.output<typeof inspectSchema>, "Name"> & {
  name: string;
  labels: Record<string, string>;
};

/** What exists of one component: its containers (predecessors and balancer too) and its record. */
export interface Own {
  containers: Inspected[];
  record: ComponentRecord | null;
}

/** Has it ever run? Only a container that never did is still filled with files. */
export function neverStarted(container: Inspected): boolean {
  return container.State.StartedAt.startsWith("0001-");
}

/** The replica number of a component's container; 0 for what is not a replica. */
export function replicaOf(container: Inspected): number {
  if (container.labels[labels.role] !== ("component" satisfies Role)) return 0;
  return Number(container.labels[labels.replica] ?? 0);
}

/** Inspects a container by name or id; null when there is none. Rubbish is an unknown failure, not a guess. */
export async function inspectContainer(
  cloud: DockerCloud,
  name: string,
  options?: CallOptions,
): Promise<Inspected | null> {
  const { engine } = cloud;
  try {
    return await engine.call(
      `inspecting the container ${name}`,
      async (abortSignal) => {
        const answer = await engine.docker.getContainer(name).inspect({ abortSignal });
        const parsed = inspectSchema.safeParse(answer);
        if (!parsed.success) throw rubbish(`the container ${name}`, z.prettifyError(parsed.error));
        const { Name, ...rest } = parsed.data;
        return { ...rest, name: Name.replace(/^\//, ""), labels: parsed.data.Config.Labels ?? {} };
      },
      options,
    );
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

export function rubbish(what: string, detail: string): DriverError {
  return new DriverError(
    "unknown",
    `Couldn’t read the engine’s response about ${what}: ${detail.slice(0, 500)}`,
    {
      hint: "Check that the address is a Docker engine and not a proxy.",
    },
  );
}

/** Containers carrying these labels, running or not. */
export async function listContainers(
  cloud: DockerCloud,
  filters: string | undefined,
  options?: CallOptions,
): Promise<Dockerode.ContainerInfo[]> {
  const { engine } = cloud;
  return engine.call(
    "listing containers",
    async (abortSignal) => {
      const answer = await engine.docker.listContainers({ all: true, filters, abortSignal });
      if (!Array.isArray(answer)) throw rubbish("containers", "not a list");
      return answer;
    },
    options,
  );
}

/** Everything of one component, found by its labels alone. */
export async function findOwn(cloud: DockerCloud, ref: ComponentRef, options?: CallOptions): Promise<Own> {
  const filters = labelFilter(ref.environmentId, ref.component);
  const [listed, record] = await Promise.all([
    listContainers(cloud, filters, options),
    latestRecord(cloud, ref, options),
  ]);
  const inspected = await Promise.all(listed.map((entry) => inspectContainer(cloud, entry.Id, options)));
  return { containers: inspected.filter((entry) => entry !== null), record };
}

/**
 * The containers that stand for the component's replicas, by number. While a change is half done and the
 * successor of a replica does not exist yet, its predecessor stands for it.
 */
export function replicasOf(own: Own): Map<number, Inspected> {
  const found = new Map<number, Inspected>();
  for (const container of own.containers) {
    const replica = replicaOf(container);
    if (replica === 0) continue;
    const isPrevious = container.name.endsWith("-previous");
    if (!isPrevious || !found.has(replica)) found.set(replica, container);
  }
  return new Map([...found].sort(([left], [right]) => left - right));
}
