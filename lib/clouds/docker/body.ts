import type Dockerode from "dockerode";
import type { ComponentRef, DesiredComponent, Size } from "../contract";
import { bodyOf } from "./allowances";
import { contained, containment } from "./contained";
import type { DockerCloud } from "./engine";
import { containerName, labels } from "./names";
import type { PinnedImage } from "./pinned-image";
import { portLabels } from "./ports";
import { type ContainerPlan, needsBalancer, shapeOf } from "./spec";

export type CreateBody = Dockerode.ContainerCreateOptions & { name: string; Labels: Record<string, string> };

/** What all containers of one change share. */
export interface ChangePlan {
  ref: ComponentRef;
  desired: DesiredComponent;
  plan: ContainerPlan;
  /** With the cloud's defaults where the component states none. */
  size: Size;
  image: PinnedImage;
  /** Name in the manifest → name on the engine. */
  volumes: Record<string, string>;
  /** Who its containers run as, where that is not left to the image. */
  user: string | undefined;
  hostPorts: Record<string, number>;
  networkId: string;
  key: string;
  digest: string;
}

/**
 * The body that creates one replica of a component: what every container has, what its wishes become by the table of
 * allowances, and what Rostrum finds it by. The engine restarts nothing: Rostrum counts failures, opens incidents and
 * backs off, and would else see its stopped containers come back.
 */
export function replicaBody(cloud: DockerCloud, change: ChangePlan, replica: number): CreateBody {
  const { ref, desired, plan, size, image, user, volumes, hostPorts } = change;
  const { config } = cloud;
  const publishes = !needsBalancer(plan, desired.replicas);
  const { own, host } = bodyOf({ ref, plan, size, config, image, user, volumes, hostPorts, publishes });
  return {
    ...own,
    name: containerName(ref, replica),
    Hostname: ref.component.slice(0, 63),
    Labels: {
      ...own.Labels,
      ...portLabels(cloud, ref, "component", hostPorts, plan.web),
      [labels.key]: change.key,
      [labels.digest]: change.digest,
      [labels.replica]: String(replica),
      [labels.image]: image.name,
      [labels.imageReference]: image.reference,
      [labels.containment]: String(containment),
      [labels.shape]: shapeOf(plan, desired, hostPorts, config.bind, {
        image: image.reference,
        user,
        openFilesLimit: config.openFilesLimit,
      }),
    },
    HostConfig: {
      ...contained(config, size),
      ...host,
      NetworkMode: change.networkId,
    },
    NetworkingConfig: { EndpointsConfig: { [change.networkId]: { Aliases: [ref.component] } } },
  };
}
