import { createServer, request as requestHttp, type Server } from "node:http";
import net, { type AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { dockerDriver, findLocalDocker } from "@/lib/clouds/docker";
import { containerName } from "@/lib/clouds/docker/names";
import { hasDocker } from "../support/docker";
import {
  applied,
  context,
  type DockerTestCloud,
  desired,
  driverError,
  openDockerTestCloud,
  textOf,
  webServer,
} from "../support/docker-cloud";
import { canBuildImages } from "../support/docker-images";

const host = {
  cloudId: "cld_faults",
  dataDir: "/nonexistent",
  runtimeDir: "/nonexistent",
  credentials: {},
  log: () => undefined,
};
const ref = { environmentId: "env_faults", environmentName: "faults", component: "web" };

describe("the docker cloud: an engine that misbehaves", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });
  const fakeEngine = async (answer: (url: string) => { status: number; body: string } | null) => {
    server = createServer((request, response) => {
      const given = answer(request.url ?? "");
      if (given) response.writeHead(given.status, { "content-type": "application/json" }).end(given.body);
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return dockerDriver.open({ host: "127.0.0.1", port }, host);
  };

  it("is retryable when the engine is down", async () => {
    const connection = await dockerDriver.open({ socketPath: "/nonexistent/docker.sock" }, host);
    const error = await driverError(connection.observe(ref));
    expect(error).toMatchObject({ kind: "retryable", hint: expect.stringContaining("engine is running") });
    expect(await connection.check()).toMatchObject({ ok: false, capacity: null });
    const refused = await dockerDriver.open({ host: "127.0.0.1", port: 1 }, host);
    expect((await driverError(refused.observe(ref))).kind).toBe("retryable");
  });

  it("is retryable when the engine answers 500, permanent when it answers 400", async () => {
    const busy = await fakeEngine(() => ({ status: 500, body: '{"message":"overloaded"}' }));
    expect(await driverError(busy.observe(ref))).toMatchObject({
      kind: "retryable",
      message: expect.stringContaining("overloaded"),
    });
    server?.close();
    const strict = await fakeEngine(() => ({ status: 400, body: '{"message":"client version too old"}' }));
    expect((await driverError(strict.observe(ref))).kind).toBe("permanent");
  });

  it("is unknown when the engine answers rubbish", async () => {
    const html = await fakeEngine(() => ({ status: 200, body: "<html>Sign in to the hotel</html>" }));
    expect((await driverError(html.observe(ref))).kind).toBe("unknown");
    server?.close();
    const lying = await fakeEngine((url) =>
      url.includes("/containers/json")
        ? { status: 200, body: '[{"Id":"abc","Names":["/x"]}]' }
        : { status: 200, body: url.includes("/volumes") ? '{"Volumes":[]}' : '{"Id":5}' },
    );
    expect((await driverError(lying.observe(ref))).kind).toBe("unknown");
  });

  it("does not wait for an engine that hangs", async () => {
    const silent = await fakeEngine(() => null);
    const startedAt = Date.now();
    expect(await silent.check()).toMatchObject({ ok: false, message: expect.stringMatching(/within 5\ss/) });
    expect(Date.now() - startedAt).toBeLessThan(8_000);
    const toldAt = Date.now();
    const ctx = { ...context(), signal: AbortSignal.timeout(500) };
    expect((await driverError(silent.remove(ref, ctx))).kind).toBe("retryable");
    expect(Date.now() - toldAt).toBeLessThan(3_000);
  });

  it("does not wait for a local engine that never answers", async () => {
    const deaf = net.createServer();
    await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
    const { port } = deaf.address() as AddressInfo;
    const startedAt = Date.now();
    const environment = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, HOME: "/nonexistent" };
    const found = await findLocalDocker(environment);
    // A second for each place where one may be.
    expect(Date.now() - startedAt).toBeLessThan(6_000);
    expect(found?.config ?? {}).not.toMatchObject({ port });
    deaf.close();
  });

  it("names what is wrong in a configuration", async () => {
    const error = await driverError(dockerDriver.open({ portRange: "90-20", sockets: 1 }, host));
    expect(error).toMatchObject({ kind: "permanent", message: expect.stringContaining("portRange") });
  });
});

const runs = (await hasDocker()) && canBuildImages();

describe.skipIf(!runs)("the docker cloud: components that cannot be", () => {
  let cloud: DockerTestCloud;
  beforeAll(async () => {
    cloud = await openDockerTestCloud();
  });
  afterAll(async () => cloud?.close());

  it("says which image is missing and what to do", async () => {
    const registry = createServer((request, response) => {
      const missing = request.url !== "/v2/";
      const body = missing ? '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}' : "{}";
      response.writeHead(missing ? 404 : 200, { "content-type": "application/json" }).end(body);
    });
    await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
    const image = `127.0.0.1:${(registry.address() as AddressInfo).port}/absent:1`;
    const error = await driverError(
      cloud.connection.apply(cloud.ref(), "create", desired({ image }), context()),
    );
    expect(error).toMatchObject({ kind: "permanent", message: expect.stringContaining(image) });
    expect(error.hint).toMatch(/name and tag/);
    registry.closeAllConnections();
    registry.close();
    const gone = await driverError(
      cloud.connection.apply(cloud.ref(), "create", desired({ image }), context()),
    );
    expect(gone).toMatchObject({ kind: "retryable", message: expect.stringContaining(image) });
  });

  it("is permanent for a bad command, and for an early exit with its last words", async () => {
    const image = cloud.images.busybox;
    const unknown = desired({ image, command: ["no-such-program"], init: false });
    const first = await driverError(cloud.connection.apply(cloud.ref(), "create", unknown, context()));
    expect(first).toMatchObject({ kind: "permanent", hint: expect.stringContaining("command") });
    const own = cloud.ref();
    const dying = desired({ image, command: ["sh", "-c", "echo DATABASE_URL is missing; exit 4"] });
    const second = await driverError(cloud.connection.apply(own, "create", dying, context()));
    expect(second).toMatchObject({ kind: "permanent" });
    expect(second.message).toMatch(/exit code 4[\s\S]*DATABASE_URL is missing/);
    expect(await cloud.connection.observe(own)).toMatchObject({
      present: true,
      status: "failed",
      appliedKey: null,
    });
    // The same step again with what it lacked: what lies there is taken over.
    expect(await applied(cloud.connection, own, desired({ image, stop_signal: "SIGKILL" }))).toMatchObject({
      status: "running",
    });
  });

  it("waits for the health check, and says what it said when it never passes", async () => {
    const check = (test: string) => ({
      test: ["CMD-SHELL", test],
      interval: "1s",
      timeout: "2s",
      retries: 2,
    });
    const command = ["sh", "-c", "sleep 2; touch /tmp/ok; sleep 600"];
    const base = { image: cloud.images.busybox, command, stop_signal: "SIGKILL" };
    const health = {
      probe: { type: "exec" as const, command: ["true"] },
      intervalMs: 1_000,
      timeoutMs: 1_000,
      failures: 3,
      graceMs: 8_000,
    };
    const startedAt = Date.now();
    const good = desired({ ...base, healthcheck: check("test -f /tmp/ok") }, { health });
    const seen = await applied(cloud.connection, cloud.ref(), good);
    expect(seen.attributes.health).toBe("healthy");
    expect(Date.now() - startedAt).toBeGreaterThan(2_000);
    const bad = desired({ ...base, healthcheck: check("echo no table users; false") }, { health });
    const error = await driverError(cloud.connection.apply(cloud.ref(), "create", bad, context()));
    expect(error).toMatchObject({ kind: "permanent", message: expect.stringContaining("no table users") });
  });

  it("chooses another port when one is taken, and says so when its own is", async () => {
    const web = cloud.ref();
    const one = await cloud.open({ portRange: "24390-24391" });
    const blocker = net.createServer();
    await new Promise<void>((resolve) => blocker.listen(24_390, "127.0.0.1", resolve));
    const wanted = desired(webServer(cloud.images.busybox, "elsewhere"));
    const seen = await applied(one, web, wanted);
    expect(seen.url).toBe("http://127.0.0.1:24391");
    expect(await textOf(seen.url)).toBe("elsewhere");
    const full = await driverError(one.apply(cloud.ref(), "create", wanted, context()));
    expect(full).toMatchObject({ kind: "permanent", message: expect.stringContaining("24390-24391") });
    await new Promise((resolve) => blocker.close(resolve));

    await one.stop?.(web, context());
    const thief = net.createServer();
    await new Promise<void>((resolve) => thief.listen(24_391, "127.0.0.1", resolve));
    const taken = await driverError(one.start?.(web, context()) ?? Promise.resolve());
    expect(taken).toMatchObject({ kind: "permanent", hint: expect.stringContaining("port") });
    await new Promise((resolve) => thief.close(resolve));
    expect(await one.start?.(web, context())).toMatchObject({ status: "running", url: seen.url });
    await one.close();
  });

  /** The cloud behind an engine that refuses the first calls of a kind, and is itself otherwise. */
  async function refusing(call: RegExp, times: number, status: number, message: string) {
    const { socketPath, host: engineHost, port: enginePort } = cloud.engine.config as Record<string, string>;
    let left = times;
    const between = createServer((request, response) => {
      if (left > 0 && call.test(`${request.method} ${request.url}`)) {
        left -= 1;
        request.resume();
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message }));
        return;
      }
      const { method, url: path, headers } = request;
      const place = socketPath ? { socketPath } : { host: engineHost, port: enginePort };
      // A connection of its own: one that is kept may be closed by the engine in the moment it is used again.
      const onward = requestHttp({ ...place, method, path, headers, agent: false }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", resolve));
    const { port } = between.address() as AddressInfo;
    const connection = await cloud.open({ socketPath: undefined, host: "127.0.0.1", port });
    const close = async () => {
      await connection.close();
      between.closeAllConnections();
      between.close();
    };
    return { connection, left: () => left, close };
  }

  const sleeper = () =>
    desired({ image: cloud.images.busybox, command: ["sleep", "600"], stop_signal: "SIGKILL" });

  it("removes a container whose files are held, once nothing holds them", async () => {
    const message = "unable to remove filesystem for x: unlinkat /data/x: directory not empty";
    const held = await refusing(/^DELETE .*\/containers\//, 3, 500, message);
    const own = cloud.ref();
    await applied(cloud.connection, own, sleeper());
    await held.connection.remove(own, context());
    expect(held.left()).toBe(0);
    expect(await cloud.connection.observe(own)).toMatchObject({ present: false });
    await held.close();
  }, 60_000);

  it("makes a network once the engine finds addresses for it, and says so when it finds none", async () => {
    const message = "could not find an available, non-overlapping IPv4 address pool among the defaults";
    const short = await refusing(/^POST .*\/networks\/create/, 2, 404, message);
    expect(await applied(short.connection, cloud.ref(), sleeper())).toMatchObject({ status: "running" });
    expect(short.left()).toBe(0);
    await short.close();
    const long = await refusing(/^POST .*\/networks\/create/, 1_000, 404, message);
    const error = await driverError(long.connection.apply(cloud.ref(), "create", sleeper(), context()));
    expect(error).toMatchObject({ kind: "permanent", hint: expect.stringContaining("address-pools") });
    await long.close();
  }, 60_000);

  it("refuses a name that a stranger has, and leaves the stranger alone", async () => {
    const own = cloud.ref();
    const stranger = await cloud.engine.docker.createContainer({
      name: containerName(own),
      Image: cloud.images.busybox,
    });
    const wanted = desired({ image: cloud.images.busybox });
    const error = await driverError(cloud.connection.apply(own, "create", wanted, context()));
    expect(error).toMatchObject({
      kind: "permanent",
      message: expect.stringContaining("Rostrum doesn’t manage"),
    });
    expect((await stranger.inspect()).Id).toBe(stranger.id);
    await stranger.remove({ force: true });
  });

  it("tells problems before anything is tried", async () => {
    const { connection, images } = cloud;
    expect(await connection.validate(desired(webServer(images.busybox, "fine")))).toEqual([]);
    const huge = desired(
      { image: images.busybox },
      { size: { cpu: 9_999, memoryBytes: 1, storageBytes: 0 } },
    );
    expect((await connection.validate(huge)).map((problem) => problem.path).sort()).toEqual([
      "size.cpu",
      "size.memory",
    ]);
    const odd = desired({ image: images.busybox, privileged: true, volumes: ["/etc:/host"] });
    expect((await connection.validate(odd)).length).toBeGreaterThanOrEqual(2);
    expect(await connection.validate({ ...huge, kind: "process" })).toHaveLength(1);
  });

  it("checks the engine", async () => {
    const health = await cloud.connection.check();
    expect(health).toMatchObject({ ok: true, facts: { disk: expect.stringMatching(/ free$|^unknown$/) } });
    expect(health.capacity?.total.cpu).toBeGreaterThan(0);
    const { total, free } = health.capacity ?? {};
    // Known when the engine's files are on this host; then there is something left of it.
    expect((free?.storageBytes ?? 0) > 0).toBe((total?.storageBytes ?? 0) > 0);
  });
});
