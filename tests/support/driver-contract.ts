import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ApplyResult,
  type Capability,
  type ChangeContext,
  type CloudConnection,
  type ComponentRef,
  type DesiredComponent,
  type Discovered,
  type Driver,
  DriverError,
  type FileSource,
  type Observation,
  refKey,
  type Size,
} from "@/lib/clouds/contract";

type Present = Extract<Observation, { present: true }>;

/** What the suite needs to know of a cloud it tries out. */
export interface ContractSubject {
  connection: CloudConnection;
  /** A second connection to the same cloud, as another worker has one. */
  reopen(): Promise<CloudConnection>;
  files: FileSource;
  /** A component with one web port that answers `greeting` on /, one volume named `data`, and that can be scaled. */
  desired(options: { greeting: string; replicas?: number; size?: Partial<Size> }): DesiredComponent;
  /** A component that ends right after its start, or whose image is missing; null where nothing can fail so. */
  broken: DesiredComponent | null;
  /** Whether `url` is served by something real. */
  answers: boolean;
  /** Ends what runs from outside, without the driver knowing. */
  kill?(ref: ComponentRef, observation: Present): Promise<void>;
  /** Makes things as if the worker had died after the outside call and before writing it down. */
  forgetStart?(ref: ComponentRef, key: string): Promise<void>;
  /** Identity of what runs, to prove that it was kept or exchanged. */
  identity(observation: Present): string;
  /** Creates something that is not ours in the cloud; answers its removal. */
  stranger?(): Promise<{ isIt(found: Discovered): boolean; remove(): Promise<void> }>;
  /** Commands run inside the component, for writing and reading a file of the volume. */
  write?(text: string): string[];
  read?(): string[];
  /** Path for copyOut and copyIn that names the volume. */
  volumePath?: string;
  /** Anything of the environment that is left outside the driver's own view (ports, directories, networks). */
  leftovers?(environmentId: string): Promise<string[]>;
  close(): Promise<void>;
}

export interface ContractSetup {
  driver: Driver;
  badConfig: Record<string, unknown>;
  open(): Promise<ContractSubject>;
  /** Why the cloud cannot be tried here; null when it can. */
  skip?: string | null;
}

const stepMs = 60_000;

/** A change context whose log lines are kept. */
export function changeContext(
  files: FileSource,
  key = `stp_${randomBytes(6).toString("hex")}`,
  signal = new AbortController().signal,
): ChangeContext & { lines: string[] } {
  const lines: string[] = [];
  return { idempotencyKey: key, signal, files, lines, log: (line) => void lines.push(line) };
}

/** A ref of an environment nobody else uses. */
export function newRef(component = "web"): ComponentRef {
  const id = randomBytes(6).toString("hex");
  return { environmentId: `env_${id}`, environmentName: `trial-${id.slice(0, 4)}`, component };
}

/** Polls a change until it is done. */
export async function finish(
  connection: CloudConnection,
  ref: ComponentRef,
  first: ApplyResult,
  ctx: ChangeContext,
): Promise<Present> {
  let result: Awaited<ReturnType<CloudConnection["poll"]>> = first;
  const until = Date.now() + stepMs;
  while (result.state === "pending" && Date.now() < until) {
    await pause(Math.min(result.wakeAfterMs, 500));
    result = await connection.poll(ref, result.token, ctx);
  }
  if (result.state !== "done" || !("observation" in result)) throw new Error("the change did not finish");
  return result.observation;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Looks again until `check` holds, at most `limitMs`. */
export async function eventually<T>(
  look: () => Promise<T>,
  check: (value: T) => boolean,
  limitMs = 15_000,
): Promise<T> {
  const until = Date.now() + limitMs;
  for (;;) {
    const value = await look();
    if (check(value) || Date.now() > until) return value;
    await pause(100);
  }
}

/** Body of a page; tries again while nothing answers, as a browser's user would. */
export async function fetchText(url: string, limitMs = 10_000): Promise<string> {
  const until = Date.now() + limitMs;
  for (;;) {
    try {
      const response = await fetch(url, {
        headers: { connection: "close" },
        signal: AbortSignal.timeout(5_000),
      });
      return await response.text();
    } catch (error) {
      if (Date.now() > until) throw error;
      await pause(100);
    }
  }
}

/**
 * The contract every cloud driver keeps, as one suite. A capability the driver does not have is skipped, by name, so
 * that the report shows it.
 */
export function describeDriverContract(name: string, setup: ContractSetup): void {
  const reason = setup.skip ?? null;
  const title = reason === null ? `${name} keeps the driver contract` : `${name} (skipped: ${reason})`;
  describe.skipIf(reason !== null)(title, () => {
    let subject: ContractSubject;
    let cloud: CloudConnection;
    const made: ComponentRef[] = [];
    const has = (capability: Capability) => setup.driver.capabilities.has(capability);
    const ref = (component?: string) => {
      const next = newRef(component);
      made.push(next);
      return next;
    };
    const apply = async (
      target: ComponentRef,
      desired: DesiredComponent,
      options: { action?: "create" | "update" | "replace"; ctx?: ChangeContext; on?: CloudConnection } = {},
    ) => {
      const ctx = options.ctx ?? changeContext(subject.files);
      const on = options.on ?? cloud;
      const result = await on.apply(target, options.action ?? "create", desired, ctx);
      return await finish(on, target, result, ctx);
    };
    const observe = async (target: ComponentRef): Promise<Present> => {
      const observation = await cloud.observe(target);
      if (!observation.present) throw new Error("it is not there");
      return observation;
    };
    const expectAnswer = async (observation: Present, text: string) => {
      expect(observation.url).not.toBeNull();
      if (subject.answers) expect(await fetchText(observation.url ?? "")).toContain(text);
    };
    const removeAll = async (target: ComponentRef) => {
      const ctx = changeContext(subject.files);
      let result = await cloud.remove(target, ctx);
      const until = Date.now() + stepMs;
      while (result.state === "pending" && Date.now() < until) {
        await pause(Math.min(500, result.wakeAfterMs));
        const next = await cloud.poll(target, result.token, ctx);
        result = next.state === "done" ? { state: "done" } : next;
      }
      expect(result.state).toBe("done");
      await cloud.removeEnvironment(target.environmentId, ctx);
    };

    beforeAll(async () => {
      subject = await setup.open();
      cloud = subject.connection;
    });
    afterAll(async () => {
      if (!subject) return;
      for (const target of made) await removeAll(target);
      await subject.close();
    });

    it("says that it is well, what version it is and how much room it has", async () => {
      const health = await cloud.check();
      expect(health.ok, health.message).toBe(true);
      expect(health.version).not.toBe("");
      if (health.capacity) {
        expect(health.capacity.total.memoryBytes).toBeGreaterThanOrEqual(health.capacity.free.memoryBytes);
      }
    });

    it("refuses a wrong configuration", async () => {
      expect(setup.driver.configSchema.safeParse(setup.badConfig).success).toBe(false);
    });

    it("accepts what it can run and names what it cannot", async () => {
      expect(await cloud.validate(subject.desired({ greeting: "hello" }))).toEqual([]);
      const strange = { ...subject.desired({ greeting: "hello" }), kind: "heat" as const };
      expect((await cloud.validate(strange)).length).toBeGreaterThan(0);
    });

    it("says of what is absent that it is absent", async () => {
      expect(await cloud.observe(newRef())).toEqual({ present: false });
    });

    it("creates a component that serves, and observes it the same from another connection", async () => {
      const target = ref();
      const desired = subject.desired({ greeting: "hello one" });
      const ctx = changeContext(subject.files);
      const created = await apply(target, desired, { ctx });
      expect(created.status).toBe("running");
      expect(created.appliedKey).toBe(ctx.idempotencyKey);
      expect(created.appliedDigest).not.toBeNull();
      expect(created.replicas).toEqual({ desired: 1, running: 1 });
      await expectAnswer(created, "hello one");
      const other = await subject.reopen();
      const seen = await other.observe(target);
      await other.close();
      expect(seen).toMatchObject({
        present: true,
        externalId: created.externalId,
        external: created.external,
      });
    });

    it("adopts on a repeated apply with the same key", async () => {
      const target = ref();
      const desired = subject.desired({ greeting: "hello two" });
      const ctx = changeContext(subject.files);
      const first = await apply(target, desired, { ctx });
      const again = await apply(target, desired, { ctx });
      expect(subject.identity(again)).toBe(subject.identity(first));
      expect(again.external).toEqual(first.external);
    });

    it("makes one component of two applies at once", async () => {
      const target = ref();
      const desired = subject.desired({ greeting: "hello race" });
      const other = await subject.reopen();
      const ctx = changeContext(subject.files);
      const [left, right] = await Promise.all([
        apply(target, desired, { ctx }),
        apply(target, desired, { ctx: changeContext(subject.files, ctx.idempotencyKey), on: other }),
      ]);
      await other.close();
      expect(subject.identity(left)).toBe(subject.identity(right));
      const found = await collect(cloud.discover(new AbortController().signal));
      expect(found.filter((one) => one.ref && refKey(one.ref) === refKey(target))).toHaveLength(1);
    });

    it("finds again what was started just before a crash", async (test) => {
      if (!subject.forgetStart) return test.skip("the driver writes nothing down after the outside call");
      const target = ref();
      const desired = subject.desired({ greeting: "hello crash" });
      const ctx = changeContext(subject.files);
      const first = await apply(target, desired, { ctx });
      await subject.forgetStart(target, ctx.idempotencyKey);
      const again = await apply(target, desired, { ctx });
      expect(subject.identity(again)).toBe(subject.identity(first));
      expect(again.appliedKey).toBe(ctx.idempotencyKey);
      await expectAnswer(again, "hello crash");
    });

    it("updates in place: new behaviour, same address", async () => {
      const target = ref();
      const before = subject.desired({ greeting: "hello before" });
      const after = subject.desired({ greeting: "hello after" });
      const first = await apply(target, before);
      expect(cloud.decideChange(before, after).action).toBe("update");
      const second = await apply(target, after, { action: "update" });
      expect(second.external).toEqual(first.external);
      expect(second.appliedDigest).not.toBe(first.appliedDigest);
      await expectAnswer(second, "hello after");
    });

    it("replaces: new, with nothing of the old data", async () => {
      const target = ref();
      await apply(target, subject.desired({ greeting: "hello old" }));
      if (subject.write && cloud.exec) {
        await cloud.exec(target, { command: subject.write("left over"), timeoutMs: 20_000 });
      }
      const fresh = await apply(target, subject.desired({ greeting: "hello new" }), { action: "replace" });
      expect(fresh.status).toBe("running");
      await expectAnswer(fresh, "hello new");
      if (subject.read && cloud.exec) {
        const read = await cloud.exec(target, { command: subject.read(), timeoutMs: 20_000 });
        expect(read.stdout).not.toContain("left over");
      }
    });

    it("fails clearly, with a driver's error, and what is left can be removed", async (test) => {
      if (!subject.broken) return test.skip("nothing can fail so");
      const target = ref();
      const failure = await apply(target, subject.broken).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DriverError);
      expect((failure as DriverError).kind).not.toBe("unknown");
      await removeAll(target);
      expect(await cloud.observe(target)).toEqual({ present: false });
    });

    it("ends when its signal aborts, and can be continued with the same key", async () => {
      const target = ref();
      const controller = new AbortController();
      controller.abort();
      const desired = subject.desired({ greeting: "hello late" });
      const ctx = changeContext(subject.files, undefined, controller.signal);
      const begun = Date.now();
      await apply(target, desired, { ctx }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(DriverError);
      });
      expect(Date.now() - begun).toBeLessThan(15_000);
      const done = await apply(target, desired, { ctx: changeContext(subject.files, ctx.idempotencyKey) });
      expect(done.status).toBe("running");
    });

    it("removes without a trace, and removing what is absent is done", async () => {
      const target = ref();
      const created = await apply(target, subject.desired({ greeting: "hello gone" }));
      await removeAll(target);
      expect(await cloud.observe(target)).toEqual({ present: false });
      if (subject.answers) {
        await expect(fetch(created.url ?? "", { signal: AbortSignal.timeout(2_000) })).rejects.toThrow();
      }
      const found = await collect(cloud.discover(new AbortController().signal));
      expect(found.filter((one) => one.ref?.environmentId === target.environmentId)).toEqual([]);
      expect(await subject.leftovers?.(target.environmentId)).toEqual(subject.leftovers ? [] : undefined);
      await removeAll(target);
    });

    it("sees a death and restarts it as it was: same address, same data", async (test) => {
      if (!subject.kill) return test.skip("nothing can be killed from outside");
      const target = ref();
      const first = await apply(target, subject.desired({ greeting: "hello again" }));
      if (subject.write && cloud.exec) {
        await cloud.exec(target, { command: subject.write("kept"), timeoutMs: 20_000 });
      }
      await subject.kill(target, first);
      const dead = await eventually(
        () => observe(target),
        (seen) => seen.status === "failed" || seen.status === "stopped",
      );
      expect(["failed", "stopped"]).toContain(dead.status);
      const healed = await cloud.restart(target, changeContext(subject.files));
      expect(healed).toMatchObject({ present: true, status: "running", external: first.external });
      await expectAnswer(healed as Present, "hello again");
      if (subject.read && cloud.exec) {
        const read = await cloud.exec(target, { command: subject.read(), timeoutMs: 20_000 });
        expect(read.stdout).toContain("kept");
      }
    });

    it("leaves a healthy component alone on restart", async () => {
      const target = ref();
      const first = await apply(target, subject.desired({ greeting: "hello well" }));
      const after = await cloud.restart(target, changeContext(subject.files));
      expect(after.present && subject.identity(after)).toBe(subject.identity(first));
    });

    it("stops and starts", async (test) => {
      if (!has("stop") || !cloud.stop || !cloud.start) return test.skip("capability stop is absent");
      const target = ref();
      const first = await apply(target, subject.desired({ greeting: "hello pause" }));
      await cloud.stop(target, changeContext(subject.files));
      expect((await observe(target)).status).toBe("stopped");
      await cloud.stop(target, changeContext(subject.files));
      const started = await cloud.start(target, changeContext(subject.files));
      expect(started).toMatchObject({ status: "running", external: first.external });
      await expectAnswer(await observe(target), "hello pause");
    });

    it("scales out and in at one address", async (test) => {
      if (!has("scale")) return test.skip("capability scale is absent");
      const target = ref();
      const first = await apply(target, subject.desired({ greeting: "hello many" }));
      for (const replicas of [3, 1]) {
        const desired = subject.desired({ greeting: "hello many", replicas });
        const scaled = await apply(target, desired, { action: "update" });
        expect(scaled.replicas).toEqual({ desired: replicas, running: replicas });
        expect(scaled.external).toEqual(first.external);
        await expectAnswer(scaled, "hello many");
      }
    });

    it("resizes", async (test) => {
      if (!has("resize")) return test.skip("capability resize is absent");
      const target = ref();
      const before = subject.desired({ greeting: "hello size", size: { cpu: 0.5, memoryBytes: 2 ** 28 } });
      const after = subject.desired({ greeting: "hello size", size: { cpu: 1, memoryBytes: 2 ** 29 } });
      await apply(target, before);
      expect(cloud.decideChange(before, after).action).toBe("update");
      const resized = await apply(target, after, { action: "update" });
      expect(resized.status).toBe("running");
      await expectAnswer(resized, "hello size");
    });

    it("measures", async (test) => {
      if (!has("metrics") || !cloud.metrics) return test.skip("capability metrics is absent");
      const target = ref();
      await apply(target, subject.desired({ greeting: "hello measure" }));
      await cloud.metrics([target]);
      await pause(1_100);
      const sample = (await cloud.metrics([target, newRef()])).get(refKey(target));
      expect(sample?.at).toBeInstanceOf(Date);
      expect(sample?.memoryBytes).toBeGreaterThan(0);
      expect(sample?.cpuCores ?? 0).toBeGreaterThanOrEqual(0);
    });

    it("shows the end of the log and follows it until told to end", async (test) => {
      if (!has("logs") || !cloud.logs) return test.skip("capability logs is absent");
      const target = ref();
      await apply(target, subject.desired({ greeting: "hello log" }));
      const read = async (follow: boolean, controller: AbortController) => {
        const lines: string[] = [];
        const options = { tailLines: 50, follow, signal: controller.signal };
        for await (const line of cloud.logs?.(target, options) ?? []) lines.push(line.text);
        return lines;
      };
      const lines = await eventually(
        () => read(false, new AbortController()),
        (seen) => seen.length > 0,
      );
      expect(lines.length).toBeGreaterThan(0);
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 700);
      expect((await read(true, controller)).length).toBeGreaterThan(0);
    });

    it("runs a command inside and answers its exit code", async (test) => {
      if (!has("exec") || !cloud.exec || !subject.write || !subject.read) {
        return test.skip("capability exec is absent");
      }
      const target = ref();
      await apply(target, subject.desired({ greeting: "hello exec" }));
      const wrote = await cloud.exec(target, { command: subject.write("inside"), timeoutMs: 20_000 });
      expect(wrote.exitCode, wrote.stderr).toBe(0);
      const read = await cloud.exec(target, { command: subject.read(), timeoutMs: 20_000 });
      expect(read.stdout).toContain("inside");
    });

    it("copies data out and in again", async (test) => {
      const { write, read, volumePath } = subject;
      if (
        !has("backup") ||
        !cloud.copyOut ||
        !cloud.copyIn ||
        !cloud.exec ||
        !write ||
        !read ||
        !volumePath
      ) {
        return test.skip("capability backup is absent");
      }
      const target = ref();
      await apply(target, subject.desired({ greeting: "hello copy" }));
      await cloud.exec(target, { command: write("first"), timeoutMs: 20_000 });
      const signal = new AbortController().signal;
      const tar = await buffer(await cloud.copyOut(target, volumePath, signal));
      expect(tar.length).toBeGreaterThan(512);
      await cloud.exec(target, { command: write("second"), timeoutMs: 20_000 });
      await cloud.copyIn(target, volumePath, Readable.from([tar]), signal);
      const restored = await cloud.exec(target, { command: read(), timeoutMs: 20_000 });
      expect(restored.stdout).toContain("first");
      expect(restored.stdout).not.toContain("second");
      await expectAnswer(await observe(target), "hello copy");
    });

    it("changes nothing when a copy is damaged", async (test) => {
      const { write, read, volumePath } = subject;
      if (!has("backup") || !cloud.copyIn || !cloud.exec || !write || !read || !volumePath) {
        return test.skip("capability backup is absent");
      }
      const target = ref();
      await apply(target, subject.desired({ greeting: "hello damage" }));
      await cloud.exec(target, { command: write("whole"), timeoutMs: 20_000 });
      const rubbish = Readable.from([randomBytes(4_096)]);
      await expect(
        cloud.copyIn(target, volumePath, rubbish, new AbortController().signal),
      ).rejects.toBeInstanceOf(DriverError);
      const after = await cloud.exec(target, { command: read(), timeoutMs: 20_000 });
      expect(after.stdout).toContain("whole");
    });

    it("discovers its own and strangers", async (test) => {
      const target = ref();
      await apply(target, subject.desired({ greeting: "hello found" }));
      const found = await collect(cloud.discover(new AbortController().signal));
      expect(found.some((one) => one.ref && refKey(one.ref) === refKey(target))).toBe(true);
      if (!subject.stranger) return test.skip("a stranger cannot be made; own ones were found");
      const stranger = await subject.stranger();
      try {
        const all = await collect(cloud.discover(new AbortController().signal));
        expect(all.filter((one) => stranger.isIt(one) && one.ref === null)).toHaveLength(1);
      } finally {
        await stranger.remove();
      }
    });
  });
}

async function collect(found: AsyncIterable<Discovered>): Promise<Discovered[]> {
  const all: Discovered[] = [];
  for await (const one of found) all.push(one);
  return all;
}
