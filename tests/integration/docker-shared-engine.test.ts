import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { containerName, networkName } from "@/lib/clouds/docker/names";
import { hasDocker } from "../support/docker";
import {
  applied,
  type DockerTestCloud,
  desired,
  openDockerTestCloud,
  webServer,
} from "../support/docker-cloud";
import { canBuildImages } from "../support/docker-images";
import { actorOf, createWorld, type World } from "../support/world";

const runs = (await hasDocker()) && canBuildImages();

describe.skipIf(!runs)("a Docker engine that several clouds and installations share", () => {
  let engine: DockerTestCloud;
  let world: World;

  beforeAll(async () => {
    engine = await openDockerTestCloud();
    world = await createWorld();
    for (const id of ["cld_first", "cld_second"]) {
      await world.database.pool.query(
        "INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, $2, $2, 'docker', $3, now())",
        [id, id.replace("cld_", ""), JSON.stringify(engine.engine.config)],
      );
    }
  }, 240_000);
  afterAll(async () => {
    await world?.close();
    await engine?.close();
  });

  const spec = (text: string) => desired(webServer(engine.images.busybox, text, { volumes: ["data:/data"] }));

  const orphansOf = async (cloudId: string) => {
    const { discoverOrphans } = await import("@/lib/features/clouds");
    return (await discoverOrphans(cloudId)).items;
  };

  it("offers only an installation's own leftovers for removal", async () => {
    const mine = engine.ref("mine");
    const foreign = engine.ref("foreign");
    const neighbor = await engine.open({}, "cld_first");
    await applied(neighbor, mine, spec("mine"));
    await applied(engine.connection, foreign, spec("foreign"));
    await neighbor.close();

    const found = await orphansOf("cld_first");
    const kindsOf = (environmentId: string) =>
      found.filter((one) => one.environmentId === environmentId).map((one) => one.kind);
    expect(new Set(kindsOf(mine.environmentId))).toEqual(new Set(["managed"]));
    const theirs = found.filter(({ name }) =>
      [containerName(foreign), networkName(foreign.environmentId)].includes(name),
    );
    expect(theirs.map((one) => one.kind)).toEqual(["other_installation", "other_installation"]);
    for (const one of theirs) expect(one.can).toEqual({ adopt: false, remove: false, ignore: true });
    expect(found.filter((one) => one.type === "volume" && one.kind === "external")).toEqual([]);

    // What another cloud of the same installation made is found there alone.
    const second = await orphansOf("cld_second");
    expect(second.filter(({ name }) => name === containerName(mine))).toEqual([]);

    const { actOnOrphan, listCloudContents } = await import("@/lib/features/orphans");
    const administrator = { ...(await actorOf(world, "approver")), orgRole: "admin" as const };
    for (const { type, externalId, name } of theirs) {
      for (const action of [{ action: "remove", confirm: name } as const, { action: "adopt" } as const]) {
        await expect(
          actOnOrphan(administrator, "cld_first", { ...action, type, externalId }),
        ).rejects.toMatchObject({ code: "validation_failed" });
      }
    }
    const [own] = found.filter((one) => one.name === containerName(mine));
    const body = { action: "remove", type: own?.type ?? "", externalId: own?.externalId ?? "" } as const;
    const removed = await actOnOrphan(administrator, "cld_first", { ...body, confirm: own?.name ?? "" });
    expect(removed).toMatchObject({ outcome: "removed" });
    expect((await engine.connection.observe(foreign)).present).toBe(true);
    const { items } = await listCloudContents("cld_second");
    expect(items).toEqual([]);
  }, 120_000);
});
