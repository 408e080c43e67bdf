import type { Observation } from "@/lib/clouds/contract";
import type { Placed, Published, ResolvedComponent } from "@/lib/engine/plan";
import type { ResourceRow } from "@/lib/engine/run";
import { secretContext } from "@/lib/features/environments";
import { seal } from "@/lib/platform/crypto";

/** A resource as it is stored: what was applied and published is sealed, what people see is without secrets. */
export function resourceRow(input: {
  environmentId: string;
  component: string;
  placed: Placed | undefined;
  resolved: ResolvedComponent;
  published: Published;
  observation: Extract<Observation, { present: true }>;
}): ResourceRow {
  const { resolved, published, observation } = input;
  const context = secretContext(input.environmentId);
  const { size, replicas, kind } = resolved.view;
  return {
    component: input.component,
    cloudId: input.placed?.cloudId ?? "",
    kind,
    externalId: observation.externalId,
    status: observation.status,
    desired: resolved.desired ? seal(JSON.stringify(resolved.desired), context) : null,
    desiredDigest: resolved.digest ?? "",
    spec: resolved.view,
    cpu: size.cpu,
    memoryBytes: Math.round(size.memoryBytes),
    storageBytes: Math.round(size.storageBytes),
    replicas,
    attributes: observation.attributes,
    address: { internal: observation.internal, external: observation.external, url: observation.url },
    outputs: visibleOutputs(published),
    sealedOutputs: seal(JSON.stringify(published), context),
  };
}

function visibleOutputs(published: Published): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(published.external.outputs)
      .filter(([, output]) => !output.secret)
      .map(([name, output]) => [name, output.value]),
  );
}
