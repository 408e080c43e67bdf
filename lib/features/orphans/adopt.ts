import type { ImplementationKind, Observation } from "@/lib/clouds/contract";
import { driverFor } from "@/lib/clouds/registry";
import { commonScope, neighborScope, type Placed, publish, resolveComponent } from "@/lib/engine/plan";
import type { ResourceRow } from "@/lib/engine/run";
import { componentGraph } from "@/lib/engine/template";
import { connectionFor, getCloud, keepCloud, type Orphan } from "@/lib/features/clouds";
import type { CloudDto } from "@/lib/features/clouds/schema";
import {
  addPlacement,
  type EnvironmentContext,
  insertResource,
  loadEnvironment,
  lockIdleEnvironment,
} from "@/lib/features/environments";
import { resourceRow } from "@/lib/features/runs";
import { AppError, notFound } from "@/lib/kernel/errors";
import { recordAudit } from "@/lib/platform/audit";
import type { Actor } from "@/lib/platform/auth";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";

type Present = Extract<Observation, { present: true }>;

/**
 * Makes what a cloud has of a living environment its resource again. What it was last given is not known any more where its
 * cloud says another digest than today's: the next change brings it to what it should be.
 * @throws AppError conflict when the environment is gone, busy, has that component already or knows none of that name
 */
export async function adoptOrphan(actor: Actor, cloudId: string, orphan: Orphan): Promise<void> {
  const { ref } = orphan.found;
  if (!ref || !orphan.dto.can.adopt)
    throw new AppError(
      "conflict",
      "The resource doesn’t belong to an active environment. Remove or ignore it instead.",
    );
  const [context, cloud] = await Promise.all([loadEnvironment(ref.environmentId), getCloud(cloudId)]);
  const placed = await placeOf(context, ref.component, cloud);
  const seen = await (await connectionFor(cloudId)).observe({ ...ref, environmentName: context.row.name });
  if (!seen.present) throw notFound("The orphaned resource");
  const row = rowOf(context, ref.component, placed, seen);
  await inTransaction(async (tx) => {
    // The cloud before its environments, as deleting one does.
    if (!(await keepCloud(tx, cloudId))) throw notFound("The cloud");
    if (!(await lockIdleEnvironment(tx, ref.environmentId, context.row.generation)))
      throw new AppError("conflict", "The environment is being updated. Try again when the run is finished.");
    await insertResource(tx, ref.environmentId, row);
    await addPlacement(tx, ref.environmentId, { [ref.component]: placed });
    await publishEvent(tx, `environment:${ref.environmentId}`, "environment.adopted", {});
    await publishEvent(tx, "admin", "cloud.orphan", { id: cloudId });
    await recordAudit(tx, {
      actor,
      action: "orphan.adopt",
      objectType: "environment",
      objectId: ref.environmentId,
      projectId: context.row.projectId,
      detail: { cloud: cloud.name, component: ref.component, externalId: seen.externalId },
    });
  });
}

async function placeOf(context: EnvironmentContext, component: string, cloud: CloudDto): Promise<Placed> {
  const definition = context.inputs.manifest.spec.components[component];
  if (!definition)
    throw new AppError(
      "conflict",
      `The environment’s version has no component ${component}. Remove it instead.`,
    );
  if (context.existing.has(component))
    throw new AppError(
      "conflict",
      `The environment has ${component} in another cloud. Remove this one instead.`,
    );
  const { implementations } = await driverFor(cloud.driver);
  const known = context.row.placement[component]?.kind;
  const possible = implementations.filter((kind: ImplementationKind) => definition[kind] !== undefined);
  const kind = known && possible.includes(known) ? known : possible[0];
  if (!kind)
    throw new AppError("conflict", `${cloud.title} can’t run ${component} as the version defines it.`);
  return { cloudId: cloud.id, cloudName: cloud.title, kind };
}

function rowOf(context: EnvironmentContext, component: string, placed: Placed, seen: Present): ResourceRow {
  const inputs = { ...context.inputs, placement: { ...context.row.placement, [component]: placed } };
  const common = commonScope(inputs);
  const needs = componentGraph(inputs.manifest).predecessors(component);
  const published = new Map([...context.existing].map(([name, one]) => [name, one.published]));
  const neighbors = neighborScope(inputs, component, needs, published);
  const resolved = resolveComponent(inputs, component, common, neighbors);
  const row = resourceRow({
    environmentId: context.row.id,
    component,
    cloudId: placed.cloudId,
    applied: resolved,
    published: publish(inputs, component, common, neighbors, seen),
    observation: seen,
  });
  const isCurrent = resolved.digest !== null && seen.appliedDigest === resolved.digest;
  return isCurrent ? row : { ...row, desired: null, desiredDigest: seen.appliedDigest ?? "" };
}
