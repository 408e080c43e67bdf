import { expect, test } from "vitest";
import type { ChangeVerdict } from "@/lib/clouds/contract";
import {
  buildDestroyPlan,
  buildPlan,
  departuresOf,
  type ExistingComponent,
  type PlanChange,
  type Published,
  stepsOf,
} from "@/lib/engine/plan";
import { manifestSchema } from "@/lib/engine/template";

type Shape = Record<string, { kind: "process" | "container"; volumes: string[]; cloud: string }>;

const published: Published = {
  internal: { host: "h", ports: { 80: 1080 }, url: null, outputs: {} },
  external: { host: "h", ports: { 80: 1080 }, url: null, outputs: {} },
};

function manifestOf(shape: Shape) {
  const components = Object.fromEntries(
    Object.entries(shape).map(([name, { kind, volumes }]) => [
      name,
      kind === "process"
        ? { process: { program: "x", ports: [80], volumes } }
        : { container: { image: "x", ports: [80], volumes } },
    ]),
  );
  return manifestSchema.parse({
    apiVersion: "rostrum.dev/v1",
    kind: "Template",
    metadata: { name: "losses", title: "Losses" },
    spec: { version: "1.0.0", components },
  });
}

function inputsOf(shape: Shape) {
  return {
    manifest: manifestOf(shape),
    parameters: {},
    secretParameters: new Set<string>(),
    secrets: {},
    environment: { id: "env_1", name: "e", project: "p" },
    filesDigest: () => "",
    placement: Object.fromEntries(
      Object.entries(shape).map(([name, { kind, cloud }]) => [
        name,
        { cloudId: cloud, cloudName: cloud, kind },
      ]),
    ),
  };
}

function existingOf(shape: Shape): Map<string, ExistingComponent> {
  return new Map(
    Object.entries(shape).map(([component, { kind, volumes, cloud }]) => {
      const view = {
        kind,
        replicas: 1,
        size: { cpu: 0, memoryBytes: 0, storageBytes: 0 },
        spec: { volumes, ports: [80] },
        files: "",
        health: null,
      };
      const desired = { ...view, filesDigest: "", health: null };
      return [
        component,
        { component, cloudId: cloud, cloudName: cloud, kind, desired, desiredDigest: "old", view, published },
      ];
    }),
  );
}

/** As drivers judge: a volume that goes away means a replacement; the simulated one changes in place. */
function judge(replaces: boolean) {
  return (_name: string, before: { spec: object }, after: { spec: object }): ChangeVerdict => {
    const names = (spec: { volumes?: string[] }) => (spec.volumes ?? []).map((one) => one.split(":")[0]);
    const gone = names(before.spec).some((name) => !names(after.spec).includes(name));
    return { action: replaces && gone ? "replace" : "update", disruptive: true, reason: "" };
  };
}

let seed = 7;
function random(below: number): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return Math.floor((seed / 2 ** 31) * below);
}

function randomShape(): Shape {
  const shape: Shape = { base: { kind: "process", volumes: [], cloud: "cld_a" } };
  for (const name of ["db", "web", "cache"].filter(() => random(4) > 0)) {
    const volumes = ["data", "logs", "blobs"].filter(() => random(2) === 0);
    shape[name] = {
      kind: random(3) === 0 ? "container" : "process",
      volumes: volumes.map((one) => `${one}:/${random(3) === 0 ? "data" : one}`),
      cloud: random(3) === 0 ? "cld_b" : "cld_a",
    };
  }
  return shape;
}

const volumeNames = (volumes: readonly string[]) => volumes.map((one) => one.split(":")[0] ?? "");

function plan(before: Shape, after: Shape, replaces: boolean, carries: "volumes" | "nothing" = "nothing") {
  return buildPlan({
    ...inputsOf(after),
    existing: existingOf(before),
    decide: judge(replaces),
    carry: () => carries,
  });
}

function lostOf(changes: readonly PlanChange[], component: string): string[] {
  return (changes.find((one) => one.component === component)?.lostVolumes ?? [])
    .map((one) => one.name)
    .sort();
}

test("every volume that is not kept under its name is lost in the plan, whatever the driver does", () => {
  for (let round = 0; round < 600; round += 1) {
    const [before, after] = [randomShape(), randomShape()];
    const replaces = random(2) === 0;
    const changes = plan(before, after, replaces);
    for (const [component, had] of Object.entries(before)) {
      const next = after[component];
      const change = changes.find((one) => one.component === component);
      const kept =
        next && !["replace", "move"].includes(change?.action ?? "") ? volumeNames(next.volumes) : [];
      const expected = volumeNames(had.volumes).filter((name) => !kept.includes(name));
      expect([component, lostOf(changes, component)]).toEqual([component, expected.sort()]);
    }
  }
});

test("a renamed volume is said to be empty under its new name", () => {
  const before: Shape = { db: { kind: "process", volumes: ["data:/data"], cloud: "cld_a" } };
  const after: Shape = { db: { kind: "process", volumes: ["store:/data"], cloud: "cld_a" } };
  for (const replaces of [true, false]) {
    expect(plan(before, after, replaces)[0]?.lostVolumes).toEqual([
      { name: "data", path: "/data", reason: "volume_renamed", renamedTo: "store" },
    ]);
  }
});

test("a destruction loses every volume and every address", () => {
  const before: Shape = { db: { kind: "process", volumes: ["data:/data", "logs:/logs"], cloud: "cld_a" } };
  const [change] = buildDestroyPlan({ ...inputsOf(before), existing: existingOf(before) });
  expect(change?.lostVolumes?.map((one) => one.reason)).toEqual([
    "environment_destroyed",
    "environment_destroyed",
  ]);
  expect(change?.lostPorts).toEqual(["80"]);
});

test("the volumes that a database has by itself count", () => {
  const before = existingOf({ db: { kind: "process", volumes: [], cloud: "cld_a" } });
  for (const one of before.values()) one.view.spec.program = "postgres";
  const [change] = buildDestroyPlan({
    ...inputsOf({ db: { kind: "process", volumes: [], cloud: "cld_a" } }),
    existing: before,
  });
  expect(change?.lostVolumes).toEqual([{ name: "data", path: "data", reason: "environment_destroyed" }]);
});

test("what is backed up but lists no volume counts as data", () => {
  const before: Shape = { db: { kind: "process", volumes: [], cloud: "cld_a" } };
  const changes = buildPlan({
    ...inputsOf({ other: { kind: "process", volumes: [], cloud: "cld_a" } }),
    existing: existingOf(before),
    decide: judge(true),
    isBackedUp: (component) => component === "db",
  });
  expect(changes.find((one) => one.component === "db")?.lostVolumes).toEqual([
    { name: "", path: "", reason: "component_removed" },
  ]);
});

test("a move creates, copies and then deletes, and loses no volume that it carries", () => {
  const before: Shape = { db: { kind: "process", volumes: ["data:/data", "logs:/logs"], cloud: "cld_a" } };
  const after: Shape = { db: { kind: "process", volumes: ["data:/data"], cloud: "cld_b" } };
  const [change] = plan(before, after, true, "volumes");
  expect(change).toMatchObject({
    action: "move",
    cloud: { id: "cld_b" },
    from: { id: "cld_a" },
    carries: "volumes",
    lostVolumes: [{ name: "logs", reason: "volume_removed" }],
    lostPorts: ["80"],
  });
  const changes = change ? [change] : [];
  expect(stepsOf(changes)).toMatchObject([
    { action: "create", cloudId: "cld_b", input: { isArrival: true } },
    { action: "copy", cloudId: "cld_b", dependsOn: [0], input: { from: "cld_a" } },
  ]);
  expect(departuresOf(changes)).toMatchObject([
    { action: "delete", cloudId: "cld_a", input: { isDeparture: true, emptiesCloud: true } },
  ]);
});

test("a move that can't take its data along stops the plan", () => {
  const before: Shape = { db: { kind: "process", volumes: ["data:/data"], cloud: "cld_a" } };
  const after: Shape = { db: { kind: "container", volumes: ["data:/data"], cloud: "cld_b" } };
  const refusing = () => {
    throw new Error("Moving db to cld_b isn’t supported");
  };
  expect(() =>
    buildPlan({
      ...inputsOf(after),
      existing: existingOf(before),
      decide: judge(true),
      carry: refusing,
    }),
  ).toThrow("isn’t supported");
});
