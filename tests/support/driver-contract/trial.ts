import { afterAll, beforeAll, expect } from "vitest";
import type {
  Capability,
  ChangeAction,
  ChangeContext,
  CloudConnection,
  ComponentRef,
  DesiredComponent,
  Discovered,
} from "@/lib/clouds/contract";
import { changeContext, fetchText, finish, newRef, type Present, pause, stepMs } from "../cloud-changes";
import type { ContractSetup, ContractSubject } from "./subject";

/** One cloud as the suite tries it out, with what every part of the suite does to it. */
export interface Trial {
  readonly subject: ContractSubject;
  readonly cloud: CloudConnection;
  has(capability: Capability): boolean;
  /** A ref of its own, whose component is removed at the end. */
  ref(component?: string): ComponentRef;
  apply(
    target: ComponentRef,
    desired: DesiredComponent,
    options?: { action?: ChangeAction; ctx?: ChangeContext; on?: CloudConnection },
  ): Promise<Present>;
  observe(target: ComponentRef): Promise<Present>;
  expectAnswer(observation: Present, text: string): Promise<void>;
  removeAll(target: ComponentRef): Promise<void>;
  discover(): Promise<Discovered[]>;
}

/** Opens the cloud before the tests of the suite it is called in, and leaves nothing in it after them. */
export function openTrial(setup: ContractSetup): Trial {
  let subject: ContractSubject | undefined;
  const made: ComponentRef[] = [];
  const opened = () => {
    if (!subject) throw new Error("The cloud is open only while tests run.");
    return subject;
  };
  const removeAll = async (target: ComponentRef) => {
    const cloud = opened().connection;
    const ctx = changeContext(opened().files);
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
  });
  afterAll(async () => {
    if (!subject) return;
    for (const target of made) await removeAll(target);
    await subject.close();
  });

  return {
    get subject() {
      return opened();
    },
    get cloud() {
      return opened().connection;
    },
    has: (capability) => setup.driver.capabilities.has(capability),
    ref(component) {
      const next = newRef(component);
      made.push(next);
      return next;
    },
    async apply(target, desired, options = {}) {
      const ctx = options.ctx ?? changeContext(opened().files);
      const on = options.on ?? opened().connection;
      const result = await on.apply(target, options.action ?? "create", desired, ctx);
      return await finish(on, target, result, ctx);
    },
    async observe(target) {
      const observation = await opened().connection.observe(target);
      if (!observation.present) throw new Error("it is not there");
      return observation;
    },
    async expectAnswer(observation, text) {
      expect(observation.url).not.toBeNull();
      if (opened().answers) expect(await fetchText(observation.url ?? "")).toContain(text);
    },
    removeAll,
    async discover() {
      const all: Discovered[] = [];
      for await (const one of opened().connection.discover(new AbortController().signal)) all.push(one);
      return all;
    },
  };
}
