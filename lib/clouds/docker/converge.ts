import type { ChangeContext, ComponentRef } from "../contract";
import { balancerBody, balancerFile } from "./balancer";
import { type ChangePlan, type CreateBody, replicaBody } from "./body";
import {
  createOrAdopt,
  ensureLimits,
  removeContainer,
  renameContainer,
  requireOurs,
  retireContainer,
  startContainer,
} from "./container";
import type { DockerCloud } from "./engine";
import { copyFiles, copyUploads, putFiles } from "./fill";
import { balancerLimits } from "./limits";
import { balancerName, containerName, labelFilter, labels, previousName } from "./names";
import { type Inspected, inspectContainer, listContainers, neverStarted, type Own, replicaOf } from "./own";
import { portInUse } from "./ports";
import { waitReady } from "./ready";
import { needsBalancer } from "./spec";

/**
 * Walks a component's containers to their wanted shape. Each name is a slot: what stands there in another
 * shape is stopped and set aside as `…-previous` until everything new is ready (`commit`) or the change has
 * failed (`rollBack`). Every step can be repeated after a crash.
 */
export class Converger {
  private readonly before: Set<string>;

  constructor(
    private readonly cloud: DockerCloud,
    private readonly change: ChangePlan,
    own: Own,
    private readonly ctx: ChangeContext,
  ) {
    this.before = new Set(
      own.containers
        .filter((container) => container.labels[labels.key] !== change.key)
        .map((container) => container.name),
    );
  }

  /** Replicas from the last to the first, because the first may have to give its port to the balancer. */
  async run(): Promise<void> {
    const { cloud, change, ctx } = this;
    const count = Math.max(1, change.desired.replicas);
    const balanced = needsBalancer(change.plan, count);
    for (let replica = count; replica > 1; replica -= 1) await this.ensureReplica(replica);
    if (balanced) {
      await this.giveUpPorts();
      await this.ensureBalancer();
    } else {
      await this.retire(balancerName(change.ref));
    }
    await this.ensureReplica(1);
    await this.retireBeyond(count);
    if (balanced) {
      const external = { host: cloud.config.address, ports: change.hostPorts };
      const { desired, plan } = change;
      const { ref } = change;
      const target = { name: balancerName(ref), ref, desired, plan: withoutOwnCheck(plan), external };
      await waitReady(cloud, target, ctx.log, ctx.signal);
    }
  }

  /** Puts back what stood before: successors go, predecessors get their names and run again. */
  async rollBack(): Promise<void> {
    const { cloud, ctx } = this;
    const { ref } = this.change;
    // The change's own signal may be spent; undoing has to end in a known state all the same.
    const signal = AbortSignal.timeout(5 * 60_000);
    const listed = await listContainers(cloud, labelFilter(ref.environmentId, ref.component), { signal });
    const names = new Set(listed.map((entry) => entry.Names[0]?.replace(/^\//, "") ?? ""));
    const undo = { log: ctx.log, signal };
    for (const name of names) {
      if (name.endsWith("-previous") || names.has(previousName(name)) || this.before.has(name)) continue;
      await removeContainer(cloud, name, signal);
    }
    for (const previous of [...names].filter((name) => name.endsWith("-previous"))) {
      const name = previous.slice(0, -"-previous".length);
      await removeContainer(cloud, name, signal);
      await renameContainer(cloud, previous, name, signal);
    }
    for (const name of this.standing(names)) await startContainer(cloud, name, undo);
    ctx.log("Restored the previous containers");
  }

  private standing(names: Set<string>): string[] {
    const previous = [...names].filter((name) => name.endsWith("-previous"));
    const back = previous.map((name) => name.slice(0, -"-previous".length));
    // A balancer answers only for replicas that run: they come first.
    return back.sort(
      (left, right) => Number(left.endsWith("-balancer")) - Number(right.endsWith("-balancer")),
    );
  }

  private async ensureReplica(replica: number): Promise<void> {
    const { cloud, change, ctx } = this;
    const body = replicaBody(cloud, change, replica);
    const { files, uploads } = change.plan.spec;
    const container = await this.ensureShape(body, async (name) => {
      await copyFiles(cloud, name, files, ctx.files, ctx.signal);
      await copyUploads(cloud, name, uploads, ctx.files, ctx.signal);
    });
    await ensureLimits(cloud, container, change.size, ctx);
    const external = needsBalancer(change.plan, change.desired.replicas)
      ? null
      : { host: cloud.config.address, ports: change.hostPorts };
    const { ref, desired, plan } = change;
    await waitReady(cloud, { name: body.name, ref, desired, plan, external }, ctx.log, ctx.signal);
    ctx.log(`The container ${body.name} is ready`);
  }

  private async ensureBalancer(): Promise<void> {
    const { cloud, change, ctx } = this;
    const file = balancerFile(cloud, change);
    const container = await this.ensureShape(balancerBody(cloud, change), (name) =>
      putFiles(cloud, name, [file], ctx.signal),
    );
    await ensureLimits(cloud, container, balancerLimits, ctx);
  }

  /** The container of a slot in its wanted shape, filled with its files and started. */
  private async ensureShape(body: CreateBody, fill: (name: string) => Promise<void>): Promise<Inspected> {
    const { cloud, ctx } = this;
    const current = await inspectContainer(cloud, body.name, ctx);
    if (current && current.labels[labels.shape] !== body.Labels[labels.shape]) {
      await this.retire(body.name);
    }
    const container = await createOrAdopt(cloud, body, ctx);
    if (container.State.Running) return container;
    // Killed between create and start, it may lack its files: they are copied until it first runs.
    if (neverStarted(container)) await fill(body.name);
    try {
      await startContainer(cloud, body.name, ctx);
    } catch (error) {
      // It would keep a port that someone else has: the next one is made with another.
      if (portInUse(error) !== null && neverStarted(container)) {
        await removeContainer(cloud, body.name, ctx.signal);
      }
      throw error;
    }
    ctx.log(`Started the container ${body.name}`);
    return container;
  }

  /** A first replica that publishes the ports itself makes room for the balancer; the others serve meanwhile. */
  private async giveUpPorts(): Promise<void> {
    const { cloud, change, ctx } = this;
    const name = containerName(change.ref);
    const current = await inspectContainer(cloud, name, ctx);
    const wanted = replicaBody(cloud, change, 1).Labels[labels.shape];
    if (current && current.labels[labels.shape] !== wanted) await this.retire(name);
  }

  private async retireBeyond(count: number): Promise<void> {
    const { cloud, change, ctx } = this;
    const { ref } = change;
    const listed = await listContainers(
      cloud,
      labelFilter(ref.environmentId, ref.component, "component"),
      ctx,
    );
    for (const entry of listed) {
      const container = await inspectContainer(cloud, entry.Id, ctx);
      if (!container || container.name.endsWith("-previous")) continue;
      if (replicaOf(container) > count) await this.retire(container.name);
    }
  }

  private async retire(name: string): Promise<void> {
    const { cloud, ctx } = this;
    const found = await inspectContainer(cloud, name, ctx);
    if (!found) return;
    requireOurs(found, this.change.ref.environmentId);
    ctx.log(`Setting ${name} aside`);
    await retireContainer(cloud, name, ctx.signal);
  }
}

/** The balancer's image has no part in the component's own health check; its ports are asked instead. */
function withoutOwnCheck(plan: ChangePlan["plan"]): ChangePlan["plan"] {
  return { ...plan, spec: { ...plan.spec, healthcheck: undefined } };
}

/** The change is complete: predecessors are removed. */
export async function commit(cloud: DockerCloud, ref: ComponentRef, signal: AbortSignal): Promise<void> {
  const listed = await listContainers(cloud, labelFilter(ref.environmentId, ref.component), { signal });
  for (const entry of listed) {
    const name = entry.Names[0]?.replace(/^\//, "") ?? "";
    if (name.endsWith("-previous")) await removeContainer(cloud, name, signal);
  }
}
