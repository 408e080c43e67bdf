import { hostname } from "node:os";
import { driverFor } from "@/lib/clouds/registry";
import { newId } from "@/lib/kernel/ids";
import { recordAudit } from "@/lib/platform/audit";
import { systemActor } from "@/lib/platform/auth";
import { getConfig } from "@/lib/platform/config";
import { inTransaction } from "@/lib/platform/db";
import { publishEvent } from "@/lib/platform/events";
import { checkCloud } from "./health";
import { otherLocalHost, sharesPortalHost } from "./portal-host";
import { insertLocalCloud, isRegistered, type LocalCloud } from "./store-settings";

/** Names of the clouds that Rostrum registers by itself. */
export const localCloudNames = { machine: "this-machine", docker: "docker" } as const;

/**
 * Registers what is there without anybody's help: this machine unless `MACHINE_CLOUD` is off, and a Docker engine on the usual sockets
 * when one answers. What an administrator changed or disabled stays as it is. Answers the names that are new.
 */
export async function registerLocalClouds(): Promise<string[]> {
  const added: string[] = [];
  if (await registerMachine()) added.push(localCloudNames.machine);
  if (await registerLocalDocker()) added.push(localCloudNames.docker);
  return added;
}

/** Not where Rostrum itself lives in a container: what it built there would end with the container. */
async function registerMachine(): Promise<boolean> {
  if (getConfig().machineCloud === "off") return false;
  return await registerOnce({
    name: localCloudNames.machine,
    title: "This machine",
    driver: "machine",
    config: {},
    labels: { location: "local", host: hostname() },
  });
}

/** Registers the Docker engine of this machine unless it is known or absent; for a periodic job. */
export async function registerLocalDocker(): Promise<boolean> {
  // Loaded here: nothing but this search needs dockerode in a portal without Docker clouds.
  const { findLocalDocker } = await import("@/lib/clouds/docker/find-local");
  const found = await findLocalDocker();
  if (!found) return false;
  return await registerOnce({
    name: localCloudNames.docker,
    title: "Docker on this machine",
    driver: "docker",
    config: found.config,
    labels: { location: "local", host: hostname() },
  });
}

/** One insert decides when portal and workers start at once. A deleted one comes back at the next start. */
async function registerOnce(found: LocalCloud): Promise<boolean> {
  const id = newId("cloud");
  const cloud = { ...found, config: await withHostOfItsOwn(found) };
  const isNew = await inTransaction(async (tx) => {
    // An engine an administrator registered under another name is not registered again.
    if (await isRegistered(cloud, tx)) return false;
    if (!(await insertLocalCloud(tx, id, cloud))) return false;
    await publishEvent(tx, "admin", "cloud.create", { id });
    await recordAudit(tx, {
      actor: systemActor("found on this machine"),
      action: "cloud.create",
      objectType: "cloud",
      objectId: id,
      detail: { name: cloud.name, driver: cloud.driver },
    });
    return true;
  });
  if (isNew) await checkCloud(id);
  return isNew;
}

/** Where the portal itself has the driver's usual address, the other name of this machine. */
async function withHostOfItsOwn({ driver, config }: LocalCloud): Promise<LocalCloud["config"]> {
  const known = await driverFor(driver);
  if (!known.addressField || !sharesPortalHost(known, config)) return config;
  return { ...config, [known.addressField]: otherLocalHost() };
}
