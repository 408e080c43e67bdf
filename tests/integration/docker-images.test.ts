import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { containerName } from "@/lib/clouds/docker/names";
import { hasDocker } from "../support/docker";
import {
  applied,
  context,
  type DockerTestCloud,
  desired,
  driverError,
  leftovers,
  openDockerTestCloud,
} from "../support/docker-cloud";
import { canBuildImages } from "../support/docker-images";

const runs = (await hasDocker()) && canBuildImages();

describe.skipIf(!runs)("the image policy of the docker cloud", () => {
  let cloud: DockerTestCloud;
  const made = new Set<string>();
  beforeAll(async () => {
    cloud = await openDockerTestCloud();
  });
  afterAll(async () => {
    try {
      for (const name of made) await cloud?.engine.docker.getImage(name).remove({ force: true });
    } finally {
      await cloud?.close();
    }
  });

  const sleeper = (image: string, more: Record<string, unknown> = {}, replicas = 1) =>
    desired({ image, command: ["sleep", "86400"], stop_signal: "SIGKILL", ...more }, { replicas });

  /** Names an image's content again, as a registry's moving tag does. */
  async function name(repo: string, tag: string, content: string) {
    await cloud.engine.docker.getImage(content).tag({ repo, tag });
    made.add(`${repo}:${tag}`);
    return `${repo}:${tag}`;
  }

  /** The same programs with another user, as an image of its own. */
  async function withUser(user: string): Promise<string> {
    const container = await cloud.engine.docker.createContainer({ Image: cloud.images.busybox });
    const image = (await container.commit({ changes: `USER ${user}` })) as { Id: string };
    await container.remove({ force: true });
    return image.Id;
  }

  it("takes allowed images alone, at plan time and at the change", async () => {
    const [repo = ""] = cloud.images.busybox.split(":");
    const connection = await cloud.open({ allowedImages: [`${repo}:*`] });
    const ref = cloud.ref();
    const fine = sleeper(cloud.images.busybox);
    expect(await connection.validate(fine)).toEqual([]);
    await applied(connection, ref, fine);
    const other = sleeper(cloud.images.node);
    expect(await connection.validate(other)).toMatchObject([
      { path: "image", message: expect.stringContaining("isn't allowed on this cloud") },
    ]);
    const error = await driverError(connection.apply(ref, "update", other, context()));
    expect(error).toMatchObject({ kind: "permanent" });
    expect(error.message).toContain("isn't allowed on this cloud");
    // What ran before is untouched.
    expect(await connection.observe(ref)).toMatchObject({ status: "running" });
    const id = (await cloud.engine.docker.getImage(cloud.images.node).inspect()).Id;
    for (const image of [id, id.slice("sha256:".length), id.slice("sha256:".length, 19)]) {
      expect(await connection.validate(sleeper(image)), image).toMatchObject([{ path: "image" }]);
    }
    await connection.close();
  });

  it("stays with the content that a name first stood for, over replicas, changes and a removed container", async () => {
    const moving = await name("rostrum-test/moving", "1", cloud.images.busybox);
    const first = (await cloud.engine.docker.getImage(moving).inspect()).Id;
    const ref = cloud.ref();
    const seen = await applied(cloud.connection, ref, sleeper(moving));
    expect(seen.attributes).toMatchObject({ image: moving, imageDigest: first });

    await name("rostrum-test/moving", "1", cloud.images.node);
    const again = sleeper(moving, { environment: { A: "1" } }, 2);
    expect((await applied(cloud.connection, ref, again, { action: "update" })).attributes.imageDigest).toBe(
      first,
    );
    for (const replica of [1, 2]) {
      expect((await cloud.engine.docker.getContainer(containerName(ref, replica)).inspect()).Image).toBe(
        first,
      );
      await cloud.engine.docker.getContainer(containerName(ref, replica)).remove({ force: true });
    }
    const more = sleeper(moving, { environment: { A: "2" } });
    expect((await applied(cloud.connection, ref, more, { action: "update" })).attributes.imageDigest).toBe(
      first,
    );

    const anew = await applied(cloud.connection, ref, more, { action: "replace" });
    expect(anew.attributes.imageDigest).not.toBe(first);
  });

  it("asks for a digest of a registry where the administrator does", async () => {
    const connection = await cloud.open({ requireDigest: true });
    const ref = cloud.ref();
    const local = sleeper(cloud.images.busybox);
    const { RepoDigests } = await cloud.engine.docker.getImage(cloud.images.busybox).inspect();
    if ((RepoDigests ?? []).length === 0) {
      expect(await connection.validate(local)).toMatchObject([
        { path: "image", message: expect.stringContaining("requires a registry digest") },
      ]);
      const error = await driverError(connection.apply(ref, "create", local, context()));
      expect(error.message).toContain("requires a registry digest");
      expect(await leftovers(cloud.engine.docker, ref.environmentId)).toEqual([]);
    } else {
      // An engine with containerd's store gives every image a digest.
      const seen = await applied(connection, ref, local);
      expect(seen.attributes.imageDigest).toMatch(/^sha256:/);
    }
    await connection.close();
  });

  it("warns of root, and refuses it where the administrator says so, whatever the image calls it", async () => {
    const { connection } = cloud;
    expect(await connection.warnings?.(sleeper(cloud.images.busybox))).toMatchObject([
      { path: "user", message: expect.stringContaining("runs as root") },
    ]);
    expect(await connection.warnings?.(sleeper(cloud.images.busybox, { user: "1000" }))).toEqual([]);
    expect(await connection.warnings?.(sleeper("rostrum-test/absent:1"))).toMatchObject([
      { message: expect.stringContaining("may be root") },
    ]);
    const app = await name("rostrum-test/user", "app", await withUser("app"));
    expect(await connection.warnings?.(sleeper(app))).toEqual([]);
    expect(await connection.validate(sleeper(cloud.images.busybox))).toEqual([]);

    const strict = await cloud.open({ refuseRootUser: true });
    for (const wanted of [sleeper(cloud.images.busybox), sleeper(app, { user: "0:1000" })]) {
      expect(await strict.validate(wanted)).toMatchObject([{ path: "user" }]);
      const error = await driverError(strict.apply(cloud.ref(), "create", wanted, context()));
      expect(error.message).toMatch(/refuses (containers that run as )?root/);
    }
    const ref = cloud.ref();
    await applied(strict, ref, sleeper(app));
    const { Config } = await cloud.engine.docker.getContainer(containerName(ref)).inspect();
    expect(Config.User).toBe("1000:1000");

    // An image may give number 0 to any name.
    const container = await cloud.engine.docker.createContainer({
      Image: cloud.images.busybox,
      Cmd: ["sh", "-c", "echo 'toor:x:0:0::/:/bin/sh' >> /etc/passwd"],
    });
    await container.start();
    await container.wait();
    const disguised = (await container.commit({ changes: "USER toor" })) as { Id: string };
    await container.remove({ force: true });
    const toor = await name("rostrum-test/user", "toor", disguised.Id);
    const hidden = cloud.ref();
    for (const wanted of [sleeper(toor), sleeper(toor, { user: "toor:app" })]) {
      const error = await driverError(strict.apply(hidden, "create", wanted, context()));
      expect(error.message).toContain("this cloud refuses root");
    }
    const nobody = await driverError(
      strict.apply(hidden, "create", sleeper(toor, { user: "absent" }), context()),
    );
    expect(nobody.message).toContain("User absent doesn't exist");
    expect(await leftovers(cloud.engine.docker, hidden.environmentId)).toEqual([]);
    await strict.close();
  });
});
