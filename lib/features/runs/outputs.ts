import { commonScope, type Published } from "@/lib/engine/plan";
import { type EnvironmentContext, secretContext } from "@/lib/features/environments";
import { seal } from "@/lib/platform/crypto";
import { templateOutputs } from "./acceptance";

/** An environment and what its components publish, as the owner of a run sees it at its end. */
export interface Outcome {
  context: EnvironmentContext;
  published: ReadonlyMap<string, Published>;
}

/** The outputs of an environment's template as they are stored: what everyone may see, and all of them sealed. */
export interface StoredOutputs {
  visible: Record<string, unknown>;
  sealed: string;
}

/** Outputs by environment; one whose template has none is missing. */
export function outputsAfter(
  ended: readonly { environmentId: string; outcome: Outcome | undefined }[],
): Map<string, StoredOutputs> {
  const outputs = new Map<string, StoredOutputs>();
  for (const { environmentId, outcome } of ended) {
    const stored = outcome ? outputsOf(environmentId, outcome) : null;
    if (stored) outputs.set(environmentId, stored);
  }
  return outputs;
}

function outputsOf(environmentId: string, { context, published }: Outcome): StoredOutputs | null {
  if (Object.keys(context.inputs.manifest.spec.outputs).length === 0) return null;
  const outputs = templateOutputs(context, published, commonScope(context.inputs));
  const visible = Object.fromEntries(
    outputs.filter((one) => !one.secret).map((one) => [one.name, one.value]),
  );
  return { visible, sealed: seal(JSON.stringify(outputs), secretContext(environmentId)) };
}
