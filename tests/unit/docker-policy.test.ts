import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DesiredComponent } from "@/lib/clouds/contract";
import { allowancesOf } from "@/lib/clouds/docker/allowances";
import { dockerConfigSchema } from "@/lib/clouds/docker/config";
import { emptiedLabels, isAllowedLabel } from "@/lib/clouds/docker/container-labels";
import { sizeOf } from "@/lib/clouds/docker/limits";
import { earlierVolumeName, ownsVolume, recordName, volumeName } from "@/lib/clouds/docker/names";
import { decideChange, readPlan } from "@/lib/clouds/docker/spec";
import { graceSecondsOf, maxStopMs } from "@/lib/clouds/docker/stop";
import { tmpfsProblems } from "@/lib/clouds/docker/tmpfs";
import { containerSchema } from "@/lib/engine/template/schema-implementations";
import { healthSchema } from "@/lib/engine/template/schema-operations";

const config = (given: Record<string, unknown> = {}) => dockerConfigSchema.parse(given);

function desired(spec: Record<string, unknown>): DesiredComponent {
  const size = { cpu: 1, memoryBytes: 2 ** 28, storageBytes: 0 };
  const spec_ = { image: "team/app:1", ...spec };
  return { kind: "container", replicas: 1, size, spec: spec_, filesDigest: "", health: null };
}

describe("names of volumes", () => {
  const component = fc.stringMatching(/^[a-z]([a-z0-9-]{0,6}[a-z0-9])?$/);
  const volume = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,6}$/);
  const of = (name: string) => ({ environmentId: "env_1", component: name });

  it("are those of one volume of one component, and of no record", () => {
    fc.assert(
      fc.property(component, volume, component, volume, (one, data, other, more) => {
        const same = one === other && data === more;
        expect(volumeName(of(one), data) === volumeName(of(other), more)).toBe(same);
        expect(volumeName(of(one), data)).not.toBe(recordName(of(other), "0123abcd"));
        expect(ownsVolume(of(one), volumeName(of(one), data))).toBe(true);
        if (one !== other) expect(ownsVolume(of(one), volumeName(of(other), data))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
    expect(earlierVolumeName(of("a-b"), "c")).toBe(earlierVolumeName(of("a"), "b-c"));
    expect(volumeName(of("a-b"), "c")).not.toBe(volumeName(of("a"), "b-c"));
  });
});

describe("durations that a change waits for", () => {
  const stop = (text: string) => containerSchema.safeParse({ image: "a", stop_grace_period: text }).success;
  const check = (given: Record<string, unknown>) =>
    containerSchema.safeParse({ image: "a", healthcheck: { test: "true", ...given } }).success;

  it("are bounded in the manifest", () => {
    for (const text of ["0s", "10s", "5m", "${{ parameters.grace }}"]) expect(stop(text), text).toBe(true);
    for (const text of ["301s", "6m", "100w", "x"]) expect(stop(text), text).toBe(false);
    expect(check({ interval: "1s", start_period: "1h" })).toBe(true);
    for (const wrong of [
      { interval: "500ms" },
      { interval: "0s" },
      { timeout: "0s" },
      { start_period: "61m" },
    ])
      expect(check(wrong), JSON.stringify(wrong)).toBe(false);
    const health = (given: Record<string, unknown>) => healthSchema.safeParse({ tcp: 80, ...given }).success;
    expect(health({ interval: "1s", grace: "1h" })).toBe(true);
    for (const wrong of [{ interval: "1ms" }, { grace: "2h" }, { timeout: "1d" }, { interval: "2h" }])
      expect(health(wrong), JSON.stringify(wrong)).toBe(false);
  });

  it("are bounded for containers of whatever version", () => {
    fc.assert(
      fc.property(fc.option(fc.integer(), { nil: undefined }), (seconds) => {
        const given = graceSecondsOf(seconds);
        expect(given).toBeGreaterThanOrEqual(0);
        expect(given).toBeLessThanOrEqual(maxStopMs / 1000);
      }),
    );
    expect(graceSecondsOf(undefined)).toBe(10);
    expect(graceSecondsOf(-1)).toBe(300);
  });
});

describe("what the engine would refuse or not heed", () => {
  it("is refused when it is read", () => {
    const wrong: [Record<string, unknown>, string][] = [
      [{ expose: ["99999"] }, "expose.0"],
      [{ expose: ["0"] }, "expose.0"],
      [{ expose: [0] }, "expose.0"],
      [{ ports: ["${{x"] }, "ports"],
      [{ expose: ["${{x"] }, "expose"],
      [{ volumes: ["/etc:/${{x"] }, "volumes"],
      [{ init: "${{x" }, "init"],
      [{ read_only: "${{x" }, "read_only"],
      [{ stop_grace_period: "${{x" }, "stop_grace_period"],
      [{ healthcheck: { test: "true", interval: "${{x" } }, "healthcheck"],
      [{ healthcheck: { test: ["RUN", "x"] } }, "healthcheck.test"],
      [{ healthcheck: { test: ["CMD"] } }, "healthcheck.test"],
      [{ healthcheck: { test: ["CMD-SHELL", "a", "b"] } }, "healthcheck.test"],
      [{ healthcheck: { test: ["NONE", "x"] } }, "healthcheck.test"],
    ];
    for (const [spec, path] of wrong) {
      const read = readPlan(desired(spec));
      expect("problems" in read ? read.problems : [], JSON.stringify(spec)).toMatchObject([
        { path: expect.stringMatching(new RegExp(`^${path}`)), message: expect.any(String) },
      ]);
    }
    for (const test of [["CMD", "true"], ["CMD-SHELL", "true"], ["NONE"], "true"]) {
      expect("plan" in readPlan(desired({ healthcheck: { test } })), JSON.stringify(test)).toBe(true);
    }
    // Text that only looks like an expression is fine where nothing is judged by its form.
    expect("plan" in readPlan(desired({ command: ["echo", "${{x"] }))).toBe(true);
    for (const text of ["/run:size=0", "/run:size=00k", "/run:nr_inodes=0"])
      expect(tmpfsProblems([text]), text).toHaveLength(1);
    for (const given of [
      { bind: "" },
      { bind: "localhost" },
      { balancerImage: "" },
      { defaultMemory: "1Mi" },
      { defaultMemory: "x" },
      { defaultCpu: 0 },
      { allowedLabels: [""] },
      { allowedLabels: ["rostrum.x"] },
      { allowedLabels: ["com.docker."] },
    ]) {
      expect(dockerConfigSchema.safeParse(given).success, JSON.stringify(given)).toBe(false);
    }
  });
});

describe("limits", () => {
  it("are there for every size", () => {
    const amount = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 40 }));
    fc.assert(
      fc.property(amount, amount, (cpu, memoryBytes) => {
        const size = sizeOf({ cpu, memoryBytes, storageBytes: 0 }, config());
        expect(size.cpu).toBe(cpu || 1);
        expect(size.memoryBytes).toBe(memoryBytes || 512 * 2 ** 20);
      }),
    );
  });

  it("change in place, and a recreation is announced", () => {
    const before = desired({});
    const unsized = { ...before, size: { cpu: 0, memoryBytes: 0, storageBytes: 0 } };
    expect(decideChange(unsized, before)).toMatchObject({ action: "update", disruptive: false });
    expect(decideChange(before, desired({ user: "1000" }))).toMatchObject({ disruptive: true });
  });
});

describe("labels", () => {
  it("that steer programs on the host need an administrator's prefix", () => {
    const steering = [
      "traefik.enable",
      "caddy",
      "ofelia.enabled",
      "com.centurylinklabs.watchtower.enable",
      "a",
    ];
    for (const name of steering) expect(isAllowedLabel(name, config().allowedLabels), name).toBe(false);
    expect(isAllowedLabel("app.team", config().allowedLabels)).toBe(true);
    expect(isAllowedLabel("traefik.enable", ["traefik."])).toBe(true);
    expect(isAllowedLabel("rostrum.role", ["ros", "r"])).toBe(false);
    expect(emptiedLabels(["traefik.enable", "app.x", "rostrum.record"], {}, ["app."])).toEqual({
      "traefik.enable": "",
      "rostrum.record": "",
    });
  });
});

describe("the administrator's table", () => {
  it("says of the engine's profiles and limits what its check found", () => {
    const rowOf = (facts: Record<string, string>, subject: string) =>
      allowancesOf(config(), facts).rows.find((row) => row.subject.startsWith(subject));
    expect(rowOf({}, "System calls")).toMatchObject({
      rule: "allowed",
      detail: expect.stringContaining("Unknown"),
    });
    const on = rowOf({ seccomp: "default", appArmor: "on" }, "System calls");
    expect(on).toMatchObject({ rule: "refused", detail: expect.stringContaining("AppArmor is on") });
    const off = rowOf({ seccomp: "unconfined", appArmor: "off" }, "System calls");
    expect(off).toMatchObject({ rule: "allowed", detail: expect.stringContaining("is off") });
    expect(rowOf({ limitsMemory: "no" }, "CPU and memory")?.detail).toContain("can't limit memory");
    expect(rowOf({ limitsMemory: "yes" }, "CPU and memory")?.detail).not.toContain("can't limit");
    expect(allowancesOf(config()).title).toBe("Container permissions");
  });
});
