import type { Observation } from "@/lib/clouds/contract";
import type { Published, ResolvedComponent } from "@/lib/engine/plan";
import type { ResourceRow } from "@/lib/engine/run";
import { secretContext } from "@/lib/features/environments";
import { seal } from "@/lib/platform/crypto";

/** A resource as it is stored: what was applied and published is sealed, what people see is without secrets. */
export function resourceRow(input: {
  environmentId: string;
  component: string;
  cloudId: string;
  /** What its cloud was told last. */
  applied: Pick<ResolvedComponent, "desired" | "digest" | "view">;
  published: Published;
  observation: Extract<Observation, { present: true }>;
}): ResourceRow {
  const { cloudId, applied, published, observation } = input;
  const context = secretContext(input.environmentId);
  const { size, replicas, kind } = applied.view;
  return {
    component: input.component,
    cloudId,
    kind,
    externalId: observation.externalId,
    status: observation.status,
    desired: applied.desired ? seal(JSON.stringify(applied.desired), context) : null,
    desiredDigest: applied.digest ?? "",
    spec: applied.view,
    cpu: size.cpu,
    memoryBytes: Math.round(size.memoryBytes),
    storageBytes: Math.round(size.storageBytes),
    replicas,
    attributes: observation.attributes,
    address: addressOf(observation, published),
    outputs: visibleOutputs(published),
    sealedOutputs: seal(JSON.stringify(published), context),
  };
}

/** Where it answers. A cloud that says it runs but not where has not moved it: what was published of it stands. */
function addressOf(observation: Extract<Observation, { present: true }>, published: Published) {
  const { internal, external, url } = observation;
  const silent = observation.status === "running" && Object.keys(external.ports).length === 0;
  if (!silent) return { internal, external, url };
  const plain = ({ host, ports }: Published["external"]) => ({ host, ports });
  return {
    internal: plain(published.internal),
    external: plain(published.external),
    url: url ?? published.external.url,
  };
}

function visibleOutputs(published: Published): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(published.external.outputs)
      .filter(([, output]) => !output.secret)
      .map(([name, output]) => [name, output.value]),
  );
}
