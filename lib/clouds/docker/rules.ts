import type Dockerode from "dockerode";
import type { AllowanceRule } from "../allowances";
import type { ComponentRef, Problem, Size } from "../contract";
import type { DockerConfig } from "./config";
import type { PinnedImage } from "./pinned-image";
import type { ContainerPlan } from "./spec";

/** What a component asks, with the cloud it asks it of. */
export interface Asked {
  plan: ContainerPlan;
  size: Size;
  config: DockerConfig;
}

/** What is known when one container of a component is made. */
export interface Making extends Asked {
  ref: ComponentRef;
  image: PinnedImage;
  /** Who it runs as, where that is not left to the image. */
  user: string | undefined;
  /** Name in the manifest → name on the engine. */
  volumes: Record<string, string>;
  hostPorts: Record<string, number>;
  /** False behind a balancer, which publishes the ports. */
  publishes: boolean;
}

/** The part of a container's body that one rule decides. */
export interface BodyPart {
  own?: Partial<Dockerode.ContainerCreateOptions>;
  host?: Dockerode.HostConfig;
}

export type Facts = Readonly<Record<string, string>>;

/** One row of what a container may ask for. */
export interface ContainerRule {
  /** Keys of a Compose service, and Rostrum's own of the container block, that this is about. */
  keys: readonly string[];
  subject: string;
  rule: AllowanceRule;
  /** What holds and why, for people. `facts` are those of the cloud's last check, none before the first. */
  detail(config: DockerConfig, facts: Facts): string;
  /** The rule where the engine's facts decide it. */
  ruleBy?(facts: Facts): AllowanceRule;
  settings?: readonly (keyof DockerConfig)[];
  /** What of a wish goes too far. Absent where the manifest's schema says all there is. */
  judge?(asked: Asked): Problem[];
  /** What the wish becomes. Absent for what is refused, and for what `actedOnBy` does after the container is made. */
  body?(making: Making): BodyPart;
  actedOnBy?: string;
}
