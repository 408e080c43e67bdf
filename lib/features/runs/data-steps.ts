import { z } from "zod";
import {
  type ChangeContext,
  type CloudConnection,
  type ComponentRef,
  DriverError,
} from "@/lib/clouds/contract";
import type { Published } from "@/lib/engine/plan";
import { type DesiredView, type ExistingComponent, volumesOf } from "@/lib/engine/plan";
import type { RunRecord, StepRecord } from "@/lib/engine/run";
import { evaluatedBackup, protectComponent } from "@/lib/features/backups";
import { loadVersion } from "@/lib/features/catalog";
import { connectionFor } from "@/lib/features/clouds";
import type { EnvironmentContext } from "@/lib/features/environments";
import { carryData } from "./carry-data";

const previousSchema = z.object({ version: z.string(), parameters: z.record(z.string(), z.unknown()) });
const backupInput = z.object({ volumes: z.array(z.string()) });
const copyInput = z.object({ carries: z.enum(["nothing", "volumes", "dump"]) });

export interface DataStep {
  run: RunRecord;
  context: EnvironmentContext;
  step: StepRecord;
  /** The cloud that the step is about. */
  connection: CloudConnection;
  ref: ComponentRef;
  change: ChangeContext;
}

/** The safety backup of a component whose data the run deletes later on. @throws DriverError, and the run ends there */
export async function protectBeforeChange(input: DataStep): Promise<void> {
  const { run, context, step, connection, ref, change } = input;
  const existing = context.existing.get(step.component);
  if (!existing) throw new DriverError("permanent", `${step.component} no longer exists.`);
  if (await hasNoData(connection, ref, existing)) {
    change.log(`${ref.component} and its data no longer exist on ${existing.cloudName}. Nothing to back up.`);
    return;
  }
  const { inputs, version } = await previously(run, context);
  await protectComponent({
    environmentId: run.environmentId,
    connection,
    ref,
    change,
    cloudId: existing.cloudId,
    backup: evaluatedBackup(inputs, step.component, existing.kind, existing.published),
    volumes: backupInput.parse(step.input).volumes,
    version,
  });
}

/** Whether a component is gone together with its data: a copy of that would never succeed, and nothing is lost any more. */
async function hasNoData(
  connection: CloudConnection,
  ref: ComponentRef,
  { desired }: ExistingComponent,
): Promise<boolean> {
  if ((await connection.observe(ref)).present || !desired) return false;
  return (await connection.examine(ref, desired)).some((fault) => fault.losesData && fault.kind === "gone");
}

/** Takes a component's data along from the cloud that it leaves to where it was just created. */
export async function carryAlong(
  input: DataStep & { published: Published; after: DesiredView },
): Promise<void> {
  const { run, context, step, connection, ref, change, after } = input;
  const { component } = step;
  const existing = context.existing.get(component);
  if (!existing) throw new DriverError("permanent", `${component} no longer exists.`);
  const { inputs } = await previously(run, context);
  const kept = new Set(volumesOf(after).map((one) => one.name));
  await carryData({
    ref,
    from: await connectionFor(existing.cloudId),
    to: connection,
    carries: copyInput.parse(step.input).carries,
    volumes: volumesOf(existing.view).flatMap(({ name }) => (kept.has(name) ? [name] : [])),
    dump: evaluatedBackup(inputs, component, existing.kind, existing.published)?.dump,
    restore: evaluatedBackup(context.inputs, component, after.kind, input.published)?.restore,
    change,
  });
}

/** Inputs of the environment with the version and the parameters that this run leaves behind. */
async function previously(
  run: RunRecord,
  { inputs }: EnvironmentContext,
): Promise<{ inputs: EnvironmentContext["inputs"]; version: string | undefined }> {
  const previous = previousSchema.safeParse(run.context.previous).data;
  if (!previous) return { inputs, version: undefined };
  const version = await loadVersion(previous.version);
  const parameters = { ...inputs.parameters, ...previous.parameters };
  return { inputs: { ...inputs, manifest: version.manifest, parameters }, version: version.version };
}
