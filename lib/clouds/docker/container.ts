import { setTimeout as sleep } from "node:timers/promises";
import { type ChangeContext, DriverError } from "../contract";
import type { CreateBody } from "./body";
import { emptiedLabels } from "./container-labels";
import { creation, type DockerCloud } from "./engine";
import { ignoring, statusOf } from "./errors";
import { inspectImage } from "./images";
import { requireContained } from "./last-look";
import { type Limits, limitsOf } from "./limits";
import { labels, previousName } from "./names";
import { type Inspected, inspectContainer } from "./own";
import { repeatWhile } from "./repeat";
import { requireStartable } from "./startable";
import { graceSecondsOf } from "./stop";

type Ctx = Pick<ChangeContext, "signal" | "log">;

/** A container takes its grace time to stop; the call must outlast it. */
const stopAnswerMs = 60_000;

/** Creates a container, or adopts the one of that name when it has the wanted shape. Not started. */
export async function createOrAdopt(cloud: DockerCloud, body: CreateBody, ctx: Ctx): Promise<Inspected> {
  const { engine } = cloud;
  const doing = `creating the container ${body.name}`;
  requireContained(body, cloud.config);
  const image = await inspectImage(cloud, body.Image ?? "", ctx.signal);
  const emptied = emptiedLabels(image?.labels ?? [], body.Labels, cloud.config.allowedLabels);
  try {
    const { name, ...given } = body;
    const rest = { ...given, Labels: { ...emptied, ...given.Labels } };
    await engine.call(
      doing,
      (abortSignal) => engine.docker.createContainer(creation({ name }, rest, abortSignal)),
      { signal: ctx.signal, timeoutMs: 120_000, creates: true },
    );
    ctx.log(`Created the container ${body.name}`);
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
  const found = await untilVisible(cloud, body.name, ctx);
  requireOurs(found, body.Labels[labels.environment]);
  if (found.labels[labels.shape] !== body.Labels[labels.shape]) {
    throw new DriverError("retryable", `The container ${body.name} changed while it was being created.`);
  }
  return found;
}

/** A name is reserved a moment before its container can be seen: another worker is just making it. */
async function untilVisible(cloud: DockerCloud, name: string, ctx: Ctx): Promise<Inspected> {
  for (let attempt = 1; attempt <= 25; attempt += 1) {
    const found = await inspectContainer(cloud, name, { signal: ctx.signal });
    if (found) return found;
    await sleep(200);
  }
  throw new DriverError("retryable", `The container ${name} disappeared while it was being created.`);
}

/** Throws when a name belongs to someone else's container: that one is never touched. */
export function requireOurs(container: Inspected, environmentId: string | undefined): void {
  if (container.labels[labels.environment] === environmentId) return;
  const { name } = container;
  throw new DriverError("permanent", `The name ${name} is used by a container that Rostrum doesn’t manage.`, {
    hint: `Rename or remove it on the engine's host: docker rename ${name} ${name}-old`,
  });
}

/**
 * Starts a container that the cloud's present rules allow; a running one is left alone (the engine answers 304). Every
 * start goes through here, so that no container comes back that could not be made now.
 */
export async function startContainer(cloud: DockerCloud, name: string, ctx: Ctx): Promise<void> {
  const { engine } = cloud;
  const found = await inspectContainer(cloud, name, { signal: ctx.signal });
  if (!found) throw new DriverError("retryable", `The container ${name} disappeared before it started.`);
  if (!found.State.Running) await requireStartable(cloud, await withinPids(cloud, found, ctx));
  await engine
    .call(
      `starting the container ${name}`,
      (abortSignal) => engine.docker.getContainer(name).start({ abortSignal }),
      { signal: ctx.signal, timeoutMs: 120_000 },
    )
    .catch((error: unknown) => {
      if (statusOf(error) !== 304) throw error;
    });
}

/** The cloud's limit of processes may be lower by now; it can change in place. */
async function withinPids(cloud: DockerCloud, found: Inspected, ctx: Ctx): Promise<Inspected> {
  const { pidsLimit } = cloud.config;
  if ((found.HostConfig.PidsLimit ?? 0) <= pidsLimit) return found;
  const { name } = found;
  await cloud.engine.call(
    `changing the limits of ${name}`,
    (abortSignal) => cloud.engine.docker.getContainer(name).update({ PidsLimit: pidsLimit, abortSignal }),
    { signal: ctx.signal },
  );
  return (await inspectContainer(cloud, name, { signal: ctx.signal })) ?? found;
}

/** Stops a container with its own grace time (10 s by default); one that is stopped or gone is fine. */
export async function stopContainer(cloud: DockerCloud, name: string, signal: AbortSignal): Promise<void> {
  const { engine } = cloud;
  const found = await inspectContainer(cloud, name, { signal });
  if (!found) return;
  // A frozen container cannot hear its stop signal.
  if (found.State.Paused) await ignoring([404, 409], () => engine.docker.getContainer(name).unpause());
  if (!found.State.Running) return;
  const seconds = graceSecondsOf(found.Config.StopTimeout);
  await ignoring([304, 404], () =>
    engine.call(
      `stopping the container ${name}`,
      (abortSignal) => engine.docker.getContainer(name).stop({ t: seconds, abortSignal }),
      { signal, timeoutMs: seconds * 1000 + stopAnswerMs },
    ),
  );
}

/** Processes that end, logs being written and helpers of the engine hold files of a container for a moment. */
const heldFiles =
  /(?:unable|failed) to remove (?:root )?filesystem|device or resource busy|directory not empty/i;
const heldForMs = 20_000;

/**
 * Removes a container with its anonymous volumes; one that is gone, or going (409), is fine. While something holds its files
 * the engine keeps it, dead, and is asked again, for 20 s at most.
 */
export async function removeContainer(cloud: DockerCloud, name: string, signal: AbortSignal): Promise<void> {
  const { engine } = cloud;
  await repeatWhile(heldFiles, { forMs: heldForMs, signal }, () =>
    ignoring([404, 409], () =>
      engine.call(
        `removing the container ${name}`,
        (abortSignal) => engine.docker.getContainer(name).remove({ force: true, v: true, abortSignal }),
        { signal, timeoutMs: 120_000 },
      ),
    ),
  );
}

export async function renameContainer(
  cloud: DockerCloud,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = cloud;
  await engine.call(
    `renaming the container ${from}`,
    (abortSignal) => engine.docker.getContainer(from).rename({ name: to, abortSignal }),
    { signal },
  );
}

/** Sets a container aside, stopped, so that a failing successor can be undone. */
export async function retireContainer(cloud: DockerCloud, name: string, signal: AbortSignal): Promise<void> {
  const previous = previousName(name);
  if (await inspectContainer(cloud, previous, { signal })) {
    // The predecessor waits already: what stands now is an attempt that never proved itself.
    await removeContainer(cloud, name, signal);
    return;
  }
  await stopContainer(cloud, name, signal);
  await renameContainer(cloud, name, previous, signal);
}

/** Changes the limits of CPU, memory and processes of a living container when they differ. */
export async function ensureLimits(
  cloud: DockerCloud,
  container: Inspected,
  limits: Limits,
  ctx: Ctx,
): Promise<void> {
  const wanted = { ...limitsOf(limits), PidsLimit: cloud.config.pidsLimit };
  const { NanoCpus, Memory, PidsLimit } = container.HostConfig;
  const same = wanted.NanoCpus === NanoCpus && wanted.Memory === Memory;
  if (same && wanted.PidsLimit === PidsLimit) return;
  const { engine } = cloud;
  await engine.call(
    `changing the limits of ${container.name}`,
    (abortSignal) => engine.docker.getContainer(container.name).update({ ...wanted, abortSignal }),
    { signal: ctx.signal },
  );
  ctx.log(`Changed the limits of ${container.name} to ${limits.cpu} CPU and ${limits.memoryBytes} bytes`);
}
