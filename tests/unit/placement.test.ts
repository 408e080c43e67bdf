import { describe, expect, it } from "vitest";
import { type PlacementCandidate, type PlacementDemand, placeComponents } from "@/lib/clouds/placement";

const gib = 2 ** 30;
const cloud = (name: string, extra: Partial<PlacementCandidate> = {}): PlacementCandidate => ({
  id: `cld_${name}`,
  name,
  title: name,
  implementations: ["process"],
  labels: {},
  healthOk: true,
  healthMessage: "",
  free: { cpu: 4, memoryBytes: 4 * gib, storageBytes: 10 * gib },
  isDemo: false,
  ...extra,
});
const demand = (component: string, extra: Partial<PlacementDemand> = {}): PlacementDemand => ({
  component,
  implementations: ["process", "container"],
  labels: {},
  size: { cpu: 1, memoryBytes: gib, storageBytes: gib },
  replicas: 1,
  ...extra,
});
const placesOf = (result: ReturnType<typeof placeComponents>) =>
  result.ok ? Object.fromEntries(result.placed.map((one) => [one.component, one.cloudName])) : result;

describe("placement", () => {
  it("keeps components together where one cloud runs them all, and says why", () => {
    const result = placeComponents([demand("db"), demand("web")], [cloud("a"), cloud("b", { free: null })]);
    expect(placesOf(result)).toEqual({ db: "a", web: "a" });
    expect(result.reasons).toContainEqual(expect.objectContaining({ cloud: "a", chosen: true }));
  });

  it("splits them where no cloud has room for all, and counts what it has given away", () => {
    const big = { size: { cpu: 1, memoryBytes: 3 * gib, storageBytes: 0 } };
    const two = [cloud("a"), cloud("b")];
    expect(placesOf(placeComponents([demand("x", big), demand("y", big)], two))).toEqual({ x: "a", y: "b" });
    const three = placeComponents([demand("x", big), demand("y", big), demand("z", big)], two);
    expect(three).toMatchObject({ ok: false, missing: ["z"] });
    expect(three.reasons[0]?.reason).toContain("not enough free memory (4\u00a0GiB free, 6\u00a0GiB needed)");
  });

  it("goes elsewhere when a cloud lacks what a component needs, and says what when none has it", () => {
    const bare = cloud("bare", {
      refusals: { cache: "redis-server or valkey-server is not installed here" },
    });
    const docker = cloud("docker", { implementations: ["container"] });
    expect(placesOf(placeComponents([demand("cache")], [bare, docker]))).toEqual({ cache: "docker" });
    const refused = placeComponents([demand("cache")], [bare, { ...docker, healthOk: false }]);
    expect(refused).toMatchObject({ ok: false, missing: ["cache"] });
    expect(refused.reasons.map((one) => `${one.cloud}: ${one.reason}`)).toEqual([
      "bare: can’t run cache: redis-server or valkey-server is not installed here",
      "docker: unreachable",
    ]);
    const paused = {
      ...bare,
      healthOk: false,
      refusals: {},
      healthMessage: "Paused: this host can’t isolate.",
    };
    expect(placeComponents([demand("cache")], [paused]).reasons[0]?.reason).toBe("paused: not isolated");
  });

  it("asks for room only for what a component grows by", () => {
    const size = { cpu: 1, memoryBytes: 3 * gib, storageBytes: 0 };
    const current = { cloudId: "cld_a", kind: "process" as const, size, replicas: 1 };
    const full = cloud("a", { free: { cpu: 0, memoryBytes: gib, storageBytes: 0 } });
    const now = { size, current };
    expect(placeComponents([demand("db", now)], [full]).ok).toBe(true);
    const grown = { current, size: { ...size, memoryBytes: 5 * gib } };
    expect(placeComponents([demand("db", grown)], [full])).toMatchObject({
      ok: false,
      reasons: [{ reason: "not enough free memory (1\u00a0GiB free, 2\u00a0GiB needed)" }],
    });
  });

  it("takes a cloud that was named or none, and needs its labels", () => {
    const eu = cloud("eu", { labels: { region: "eu" } });
    const wanted = demand("db", { labels: { region: "eu" } });
    expect(placesOf(placeComponents([wanted], [cloud("us"), eu]))).toEqual({ db: "eu" });
    expect(placeComponents([wanted], [cloud("us"), eu], "us")).toMatchObject({
      ok: false,
      reasons: [{ cloud: "us", reason: "no label region=eu" }],
    });
    expect(placeComponents([wanted], [eu], "moon")).toMatchObject({
      ok: false,
      reasons: [{ cloud: "moon", reason: "not an enabled cloud" }],
    });
  });

  it("never takes a demonstration cloud by itself", () => {
    const demo = cloud("demo", { isDemo: true });
    expect(placeComponents([demand("db")], [demo]).ok).toBe(false);
    expect(placesOf(placeComponents([demand("db")], [demo], "demo"))).toEqual({ db: "demo" });
  });
});
