import type { ComponentRef } from "@/lib/clouds/contract";
import { dockerDriver } from "@/lib/clouds/docker";
import { labelFilter, networkName } from "@/lib/clouds/docker/names";
import { hasDocker } from "../support/docker";
import { context, desired, leftovers, openDockerTestCloud, webServer } from "../support/docker-cloud";
import { canBuildImages } from "../support/docker-images";
import { describeDriverContract } from "../support/driver-contract";

const runs = (await hasDocker()) && canBuildImages();

describeDriverContract("docker", {
  driver: dockerDriver,
  badConfig: { portRange: "9-1" },
  skip: runs ? null : "no Docker engine here",
  async open() {
    const cloud = await openDockerTestCloud();
    const { docker } = cloud.engine;
    const containersOf = (ref: ComponentRef) =>
      docker.listContainers({ all: true, filters: labelFilter(ref.environmentId, ref.component) });
    const removeContainers = async (ref: ComponentRef) => {
      for (const { Id } of await containersOf(ref)) await docker.getContainer(Id).remove({ force: true });
    };
    const removeVolumes = async (ref: ComponentRef, role?: "volume" | "record") => {
      const { Volumes } = await docker.listVolumes({
        filters: labelFilter(ref.environmentId, ref.component, role),
      });
      for (const { Name } of Volumes ?? []) await docker.getVolume(Name).remove();
    };
    return {
      connection: cloud.connection,
      reopen: () => cloud.open({}),
      files: context().files,
      answers: true,
      desired: ({ greeting, replicas = 1, size }) => {
        const script =
          'mkdir -p /tmp/www; echo "$TEXT" | tee /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www';
        return desired(
          webServer(cloud.images.busybox, greeting, {
            command: ["sh", "-c", script],
            volumes: ["data:/data"],
          }),
          { replicas, size: { cpu: 0.25, memoryBytes: 64 * 2 ** 20, storageBytes: 0, ...size } },
        );
      },
      broken: desired({ image: cloud.images.busybox, command: ["sh", "-c", "echo no config; exit 3"] }),
      identity: ({ attributes }) => `${attributes.containerId} ${attributes.startedAt}`,
      kill: async (_ref, observation) => docker.getContainer(observation.externalId).kill(),
      // What the driver writes down after a change is a volume.
      forgetStart: async (ref) => {
        const filters = labelFilter(ref.environmentId, ref.component, "record");
        const { Volumes } = await docker.listVolumes({ filters });
        for (const volume of Volumes ?? []) await docker.getVolume(volume.Name).remove();
      },
      stranger: async () => {
        const container = await docker.createContainer({ Image: cloud.images.busybox });
        const name = (await container.inspect()).Name.slice(1);
        return {
          isIt: (found) => found.name === name,
          remove: async () => container.remove({ force: true }),
        };
      },
      vanish: {
        container: (ref) => removeContainers(ref),
        "container and volume": async (ref) => {
          await removeContainers(ref);
          await removeVolumes(ref, "volume");
        },
        "record, and stopped": async (ref) => {
          await removeVolumes(ref, "record");
          for (const { Id } of await containersOf(ref)) await docker.getContainer(Id).stop({ t: 0 });
        },
        everything: async (ref) => {
          await removeContainers(ref);
          await removeVolumes(ref);
          await docker
            .getNetwork(networkName(ref.environmentId))
            .remove()
            .catch(() => undefined);
        },
        network: async (ref) => {
          const network = docker.getNetwork(networkName(ref.environmentId));
          for (const { Id } of await containersOf(ref))
            await network.disconnect({ Container: Id, Force: true });
          await network.remove();
        },
      },
      losesData: ["container and volume", "everything"],
      fleeting: () =>
        desired(
          webServer(cloud.images.busybox, "once", {
            command: ["sh", "-c", "mkdir -p /tmp/www; httpd -p 8080 -h /tmp/www; sleep 1.2; exit 1"],
          }),
        ),
      write: (text) => ["sh", "-c", `echo ${JSON.stringify(text)} > /data/note`],
      read: () => ["sh", "-c", "cat /data/note 2>/dev/null || echo none"],
      volumePath: "data",
      leftovers: (environmentId) => leftovers(docker, environmentId),
      close: cloud.close,
    };
  },
});
