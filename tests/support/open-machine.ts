import { afterAll, beforeAll, expect } from "vitest";
import { type CloudConnection, type ComponentRef, DriverError, type FileSource } from "@/lib/clouds/contract";
import { changeContext, newRef, type Present } from "./cloud-changes";
import { type MachineTrial, machineTrial, processComponent, webFiles } from "./machine-cloud";

type Extra = Parameters<typeof processComponent>[1];

export interface OpenMachine {
  trial: MachineTrial;
  readonly cloud: CloudConnection;
  /** A ref of its own, whose component is removed at the end. */
  ref(component?: string): ComponentRef;
  create(target: ComponentRef, spec: object, extra?: Extra, files?: FileSource): Promise<Present>;
  /** The driver's error of a creation that must fail. */
  fail(target: ComponentRef, spec: object, files?: FileSource): Promise<DriverError>;
}

/** A machine cloud that is open for the tests of the suite it is called in, and empty and gone after them. */
export function openMachine(...[portRange, config]: Parameters<typeof machineTrial>): OpenMachine {
  const trial = machineTrial(portRange, config);
  const made: ComponentRef[] = [];
  let cloud: CloudConnection | undefined;
  const opened = () => {
    if (!cloud) throw new Error("The cloud is open only while tests run.");
    return cloud;
  };
  const create: OpenMachine["create"] = async (target, spec, extra = {}, files = webFiles) => {
    await opened().apply(target, "create", processComponent({ ...spec }, extra), changeContext(files));
    return (await opened().observe(target)) as Present;
  };

  beforeAll(async () => {
    cloud = await trial.open();
  });
  afterAll(async () => {
    for (const target of made) {
      await opened().remove(target, changeContext(webFiles));
      await opened().removeEnvironment(target.environmentId, changeContext(webFiles));
    }
    trial.dispose();
  });

  return {
    trial,
    get cloud() {
      return opened();
    },
    ref(component = "web") {
      const next = newRef(component);
      made.push(next);
      return next;
    },
    create,
    async fail(target, spec, files = webFiles) {
      const error = await create(target, spec, {}, files).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(DriverError);
      return error as DriverError;
    },
  };
}
