import type Dockerode from "dockerode";
import { type ChangeContext, type ComponentRef, DriverError } from "../contract";
import { creation, type DockerCloud } from "./engine";
import { ignoring, statusOf } from "./errors";
import { labelFilter, labels, networkName } from "./names";
import { listContainers } from "./own";
import { repeatWhile } from "./repeat";

/** Networks being made in this process. Two components of an environment start side by side. */
const making = new Map<string, Promise<string>>();

/** The id of the environment's network, made when missing. */
export async function ensureNetwork(
  cloud: DockerCloud,
  ref: ComponentRef,
  signal: AbortSignal,
): Promise<string> {
  const turn = `${cloud.engine.place} ${ref.environmentId}`;
  const running = making.get(turn) ?? makeNetwork(cloud, ref, signal);
  making.set(turn, running);
  try {
    return await running;
  } finally {
    if (making.get(turn) === running) making.delete(turn);
  }
}

/**
 * The engine compares its address pools with the host's routes: while something else changes those, or networks are being
 * removed, it may find none.
 */
const noPool = /non-overlapping IPv4 address pool/i;
const noPoolForMs = 3_000;

async function makeNetwork(cloud: DockerCloud, ref: ComponentRef, signal: AbortSignal): Promise<string> {
  const existing = await findNetworks(cloud, ref.environmentId, signal);
  if (existing[0]) return existing[0].Id;
  const name = networkName(ref.environmentId);
  const { engine } = cloud;
  const Labels = {
    [labels.cloud]: cloud.host.cloudId,
    [labels.environment]: ref.environmentId,
    [labels.environmentName]: ref.environmentName,
    [labels.role]: "network",
  };
  try {
    await repeatWhile(noPool, { forMs: noPoolForMs, signal }, () =>
      engine.call(
        `creating the network ${name}`,
        (abortSignal) =>
          engine.docker.createNetwork(
            creation({}, { Name: name, Driver: "bridge", CheckDuplicate: true, Labels }, abortSignal),
          ),
        { signal, creates: true },
      ),
    );
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
  // Docker allows two networks of one name when two workers race; everybody then takes the same one.
  const [first] = await findNetworks(cloud, ref.environmentId, signal);
  if (first) return first.Id;
  throw new DriverError(
    "permanent",
    `The network name ${name} is used by a network that Rostrum doesn’t manage.`,
    {
      hint: `Remove it on the engine's host: docker network rm ${name}`,
    },
  );
}

/** The environment's networks, the one that counts first. */
export async function findNetworks(
  cloud: DockerCloud,
  environmentId: string,
  signal: AbortSignal,
): Promise<Dockerode.NetworkInspectInfo[]> {
  const { engine } = cloud;
  const found = await engine.call(
    "listing networks",
    (abortSignal) => engine.docker.listNetworks({ filters: labelFilter(environmentId), abortSignal }),
    { signal },
  );
  return found.sort((left, right) =>
    `${left.Created}${left.Id}`.localeCompare(`${right.Created}${right.Id}`),
  );
}

/** Removes the environment's network when none of its containers are left; a network in use stays. */
export async function removeNetworkWhenEmpty(
  cloud: DockerCloud,
  environmentId: string,
  signal: AbortSignal,
): Promise<void> {
  const left = await listContainers(cloud, labelFilter(environmentId), { signal });
  if (left.length > 0) return;
  const { engine } = cloud;
  for (const network of await findNetworks(cloud, environmentId, signal)) {
    // 403: a neighbor's container joined it just now, so it is not empty after all.
    await ignoring([403, 404], () =>
      engine.call(
        `removing the network ${network.Name}`,
        (abortSignal) => engine.docker.getNetwork(network.Id).remove({ abortSignal }),
        { signal },
      ),
    );
  }
}

/**
 * Removes the environment's networks. Containers that someone attached to them from outside are detached, which the log
 * says: they keep their other networks, and nothing is left in this one that they could reach.
 */
export async function removeNetworks(
  cloud: DockerCloud,
  environmentId: string,
  ctx: Pick<ChangeContext, "signal" | "log">,
): Promise<void> {
  const { engine } = cloud;
  const { signal } = ctx;
  for (const { Id, Name } of await findNetworks(cloud, environmentId, signal)) {
    await ignoring([404], async () => {
      const network = await engine.call(
        `inspecting the network ${Name}`,
        () => engine.docker.getNetwork(Id).inspect(),
        { signal },
      );
      for (const [container, endpoint] of Object.entries(network.Containers ?? {})) {
        ctx.log(`Detaching ${endpoint.Name}, which isn’t part of this environment, from the network ${Name}`);
        await ignoring([404], () =>
          engine.call(
            `detaching ${endpoint.Name} from the network ${Name}`,
            (abortSignal) =>
              engine.docker.getNetwork(Id).disconnect({ Container: container, Force: true, abortSignal }),
            { signal },
          ),
        );
      }
      await engine.call(
        `removing the network ${Name}`,
        (abortSignal) => engine.docker.getNetwork(Id).remove({ abortSignal }),
        { signal },
      );
    });
  }
}
