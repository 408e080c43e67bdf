import { digestOf } from "@/lib/kernel/canonical";
import {
  type ApplyResult,
  type ChangeAction,
  type ChangeContext,
  type ComponentRef,
  type DesiredComponent,
  DriverError,
} from "../contract";
import { judgeAsked } from "./allowances";
import type { ChangePlan } from "./body";
import { Converger, commit } from "./converge";
import type { DockerCloud } from "./engine";
import { ensureImage } from "./images";
import { ensureNetwork } from "./infra";
import { sizeOf } from "./limits";
import { labelFilter, labels } from "./names";
import { requireObserved } from "./observe";
import { findOwn, type Own } from "./own";
import { pinImage } from "./pinned-image";
import { choosePorts, portInUse, portsHeld, portsTaken } from "./ports";
import { writeRecord } from "./record";
import { removeOlder, removeOlderContainers } from "./remove";
import { containerUser } from "./root-user";
import { type ContainerPlan, needsBalancer, requirePlan } from "./spec";
import { ensureVolumes, removeVolumes } from "./volumes";

const portTries = 20;

/**
 * Brings a component to its desired state. Repeating it with the same key continues where it stopped: what
 * exists in the wanted shape is adopted, what does not is set aside until its successor is ready.
 */
export async function applyComponent(
  cloud: DockerCloud,
  ref: ComponentRef,
  action: ChangeAction,
  desired: DesiredComponent,
  ctx: ChangeContext,
): Promise<ApplyResult> {
  const plan = requirePlan(desired);
  requireAllowed(cloud, desired, plan);
  const found = await findOwn(cloud, ref, ctx);
  const known = action === "replace" ? madeBy(found, ctx) : found;
  const image = await pinImage(cloud, plan.image, known, ctx);
  const user = await containerUser(cloud, ref, image, plan.spec.user, ctx);
  if (needsBalancer(plan, desired.replicas)) await ensureImage(cloud, cloud.config.balancerImage, ctx);
  if (action === "replace") await removeOlder(cloud, ref, ctx);
  if (action === "recreate") await removeOlderContainers(cloud, ref, ctx);
  const size = sizeOf(desired.size, cloud.config);
  const volumes = await ensureVolumes(cloud, ref, plan.mounts, known, ctx.idempotencyKey, ctx.signal);

  const refused = new Set<number>();
  for (let attempt = 1; ; attempt += 1) {
    const networkId = await ensureNetwork(cloud, ref, ctx.signal);
    const own = await findOwn(cloud, ref, ctx);
    const taken = new Set([...(await portsTaken(cloud, ctx.signal)), ...refused]);
    // Its address stays, even where only the containers that are made again told of it.
    const before = action === "recreate" ? portsHeld(found) : {};
    const held = withoutRefused({ ...before, ...portsHeld(own) }, refused);
    const change: ChangePlan = {
      ref,
      desired,
      plan,
      size,
      image,
      volumes,
      user,
      hostPorts: choosePorts(cloud, ref, plan.ports, held, taken),
      networkId,
      key: ctx.idempotencyKey,
      digest: digestOf(desired),
    };
    try {
      await converge(cloud, own, change, ctx);
      return { state: "done", observation: await requireObserved(cloud, ref, ctx.signal) };
    } catch (error) {
      const port = portInUse(error);
      if (port === null || (own.record?.ports && Object.values(own.record.ports).includes(port))) throw error;
      // No one was told of this port yet, so another one does as well.
      if (attempt >= portTries) throw error;
      ctx.log(`Port ${port} is in use on the engine’s host. Choosing another`);
      refused.add(port);
    }
  }
}

/** What the cloud's settings refuse is refused here as well: they may have changed since the plan was made. */
function requireAllowed(cloud: DockerCloud, desired: DesiredComponent, plan: ContainerPlan): void {
  const problems = judgeAsked({ plan, size: desired.size, config: cloud.config });
  if (problems.length === 0) return;
  const reasons = problems.map((problem) => `${problem.path}: ${problem.message}`).join("; ");
  throw new DriverError("permanent", `This cloud refuses the container: ${reasons}`, {
    hint: "Change the template, or the cloud's settings under Administration → Clouds.",
  });
}

/** A replacement begins again, with what its own earlier attempt made. */
function madeBy(own: Own, ctx: ChangeContext): Own {
  const isOwn = (container: Own["containers"][number]) => container.labels[labels.key] === ctx.idempotencyKey;
  return { containers: own.containers.filter(isOwn), record: null };
}

function withoutRefused(held: Record<string, number>, refused: ReadonlySet<number>): Record<string, number> {
  return Object.fromEntries(Object.entries(held).filter(([, port]) => !refused.has(port)));
}

async function converge(cloud: DockerCloud, own: Own, change: ChangePlan, ctx: ChangeContext): Promise<void> {
  const { ref, desired, plan } = change;
  const converger = new Converger(cloud, change, own, ctx);
  try {
    await converger.run();
  } catch (error) {
    // Only a change that cannot succeed is undone. Anything else is tried again and continues from here.
    if (error instanceof DriverError && error.kind === "permanent" && hadBefore(own, change.key)) {
      throw await undone(converger, error);
    }
    throw error;
  }
  await writeRecord(
    cloud,
    ref,
    {
      key: change.key,
      digest: change.digest,
      replicas: desired.replicas,
      cpu: change.size.cpu,
      memoryBytes: change.size.memoryBytes,
      ports: change.hostPorts,
      web: plan.web,
      stopped: false,
      image: change.image,
    },
    ctx,
  );
  await commit(cloud, ref, ctx.signal);
  await dropVolumes(cloud, ref, plan, ctx);
}

/** Volumes that the component no longer has go when nothing mounts them any more; the others keep their data. */
async function dropVolumes(
  cloud: DockerCloud,
  ref: ComponentRef,
  { mounts }: ContainerPlan,
  ctx: ChangeContext,
): Promise<void> {
  const wanted = new Set(mounts.map((mount) => mount.volume));
  const filters = labelFilter(ref.environmentId, ref.component);
  const refusals = await removeVolumes(cloud, filters, ctx.signal, ({ [labels.volume]: volume }) =>
    volume === undefined ? true : wanted.has(volume),
  );
  for (const refusal of refusals) ctx.log(`Keeping a volume that is no longer needed: ${refusal}`);
}

/** A failed first creation stays, so that people can look at it; a failed change gives way to what was there. */
function hadBefore(own: Own, key: string): boolean {
  return own.containers.some((container) => container.labels[labels.key] !== key);
}

async function undone(converger: Converger, error: DriverError): Promise<DriverError> {
  try {
    await converger.rollBack();
    return new DriverError("permanent", `${error.message}\nThe previous containers are running again.`, {
      hint: error.hint,
      cause: error.cause,
    });
  } catch (second) {
    const reason = second instanceof Error ? second.message : String(second);
    return new DriverError(
      "unknown",
      `${error.message}\nCouldn’t restore the previous containers: ${reason}`,
      {
        hint: "Check the component’s containers on the engine’s host.",
        cause: error,
      },
    );
  }
}
