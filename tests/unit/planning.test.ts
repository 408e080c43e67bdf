import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { buildPlan } from "@/lib/engine/plan";
import { parseManifest } from "@/lib/engine/template";
import { evaluatePlan } from "@/lib/features/requests/planning/evaluate";
import { pricePlan } from "@/lib/features/requests/planning/price";
import { resolvePlan } from "@/lib/features/requests/planning/resolve";
import type { PlacedPlan, PlanInput, ResolvedPlan } from "@/lib/features/requests/planning/stages";
import { type CreateBody, requestBody } from "@/lib/features/requests/schema";

const read = parseManifest(`
apiVersion: rostrum.dev/v1
kind: Template
metadata: { name: site, title: Site }
spec:
  version: 1.0.0
  lifecycle: { lease: { default: 14d, max: 30d } }
  parameters:
    properties:
      replicas: { type: integer, minimum: 1, maximum: 9, default: 1 }
  components:
    web:
      replicas: "\${{ parameters.replicas }}"
      size: { cpu: 1, memory: 1Gi, storage: 2Gi }
      container: { image: x }
`);
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const { manifest } = read;

/** The body of a creation, with what the API adds. */
function createRequestBody(given: object): CreateBody {
  const body = requestBody.parse({ ...given, kind: "create" });
  if (body.kind !== "create") throw new Error("not a creation");
  return body;
}

const nowMs = Date.parse("2026-12-01T00:00:00Z");
const version: PlanInput["version"] = {
  id: "tv_1",
  templateId: "tpl_1",
  name: "site",
  title: "Site",
  icon: "",
  version: "1.0.0",
  status: "published",
  digest: "sha256:1",
  manifest,
  files: () => {
    throw new Error("A plan needs no files.");
  },
  filesDigest: () => "sha256:none",
};

function inputOf(more: Partial<PlanInput> = {}, body: object = {}): PlanInput {
  const given = createRequestBody({ project: "shop", template: "site", name: "shop-dev", ...body });
  return {
    kind: "create",
    body: given,
    project: {
      id: "prj_1",
      slug: "shop",
      name: "Shop",
      currency: "EUR",
      approvalLimit: "10",
      budgetMonthly: null,
      maxLeaseDays: null,
      isDemo: false,
    },
    environmentId: "env_1",
    environmentName: "shop-dev",
    baseGeneration: 0,
    version,
    context: null,
    origin: null,
    carriedSecrets: {},
    sheetOf: () => ({
      currency: "EUR",
      prices: new Map(
        ["cpu", "memory", "storage"].map((meter) => [
          meter,
          { id: `prc_${meter}`, unitPrice: new Decimal("0.01"), unit: "hour" },
        ]),
      ),
    }),
    nowMs,
    held: { cpu: 0, memoryBytes: 0, storageBytes: 0, environments: 0, monthlyCost: "0" },
    use: [{ name: "cpu", limit: 4, used: 2, added: 0 }],
    committed: null,
    sizes: new Map(),
    backups: [],
    homes: new Map(),
    ...more,
  };
}

/** Placed on one cloud, as `placePlan` does with a driver that takes everything. */
function placed(resolved: ResolvedPlan): PlacedPlan {
  if (!resolved.inputs) throw new Error("nothing to place");
  const placement = { web: { cloudId: "cld_1", cloudName: "Engine room", kind: "container" as const } };
  const changes = buildPlan({
    ...resolved.inputs,
    placement,
    existing: new Map(),
    decide: () => ({ action: "update", disruptive: true, reason: "changed" }),
  });
  const reasons = [{ cloud: "Engine room", chosen: true, reason: "has room" }];
  return { ...resolved, placement, changes, reasons, warnings: [] };
}

const planOf = (input: PlanInput) => evaluatePlan(pricePlan(placed(resolvePlan(input))));

describe("a plan in stages", () => {
  it("says the same each time, and leaves every stage before it as it was", () => {
    const stage = placed(resolvePlan(inputOf()));
    const before = JSON.stringify(stage);
    const plan = evaluatePlan(pricePlan(stage));
    expect(evaluatePlan(pricePlan(stage))).toEqual(plan);
    expect(JSON.stringify(stage)).toBe(before);
  });

  it("takes the lease from the request, the template and the project, whichever is shortest", () => {
    const days = (more: Partial<PlanInput["project"]>, body: object = {}) =>
      resolvePlan(inputOf({ project: { ...inputOf().project, ...more } }, body));
    expect(days({}).lease).toEqual({ days: 14, endsAt: "2026-12-15T00:00:00.000Z" });
    expect(days({ maxLeaseDays: 5 }).lease?.days).toBe(5);
    expect(days({ maxLeaseDays: 5 }).maxLeaseDays).toBe(5);
    // What was asked for stays: the lease policy says what is wrong with it.
    const long = planOf(inputOf({ project: { ...inputOf().project, maxLeaseDays: 5 } }, { leaseDays: 6 }));
    expect(long.lease?.days).toBe(6);
    expect(long.verdicts.find((one) => one.policy === "lease-limit")?.effect).not.toBe("allow");
  });

  it("counts replicas in the price and in the quota, storage once", () => {
    const one = planOf(inputOf());
    const three = planOf(inputOf({}, { parameters: { replicas: 3 } }));
    expect(one.delta).toMatchObject({
      cpu: 1,
      memoryBytes: 2 ** 30,
      storageBytes: 2 * 2 ** 30,
      environments: 1,
    });
    expect(three.delta).toMatchObject({ cpu: 3, memoryBytes: 3 * 2 ** 30, storageBytes: 2 * 2 ** 30 });
    expect(three.quota).toEqual([{ name: "cpu", limit: 4, used: 2, added: 3 }]);
    expect(Number(three.cost.monthly)).toBeGreaterThan(Number(one.cost.monthly));
    expect(three.delta.monthlyCost).toBe(new Decimal(three.cost.monthly ?? 0).toFixed(4));
    expect(one.use, "the loaded use is left alone").toEqual([{ name: "cpu", limit: 4, used: 2, added: 0 }]);
  });

  it("asks for approval above the project's limit, and where a price is unknown", () => {
    const effectOf = (plan: ReturnType<typeof planOf>, policy: string) =>
      plan.verdicts.find((one) => one.policy === policy)?.effect;
    expect(effectOf(planOf(inputOf()), "cost-limit")).toBe("require_approval");
    const cheap = planOf(inputOf({ project: { ...inputOf().project, approvalLimit: "1000" } }));
    expect(effectOf(cheap, "cost-limit")).toBe("allow");
    const unknown = planOf(inputOf({ sheetOf: () => null }));
    expect(unknown.cost.monthly).toBeNull();
    expect(effectOf(unknown, "unknown-cost")).toBe("require_approval");
  });
});

describe("the digest that an approver signs", () => {
  const stage = pricePlan(placed(resolvePlan(inputOf())));
  const signed = evaluatePlan(stage).digest;

  it("is that of the preview: a new environment's id is not in it", () => {
    expect(evaluatePlan({ ...stage, environmentId: "env_2" }).digest).toBe(signed);
  });

  const [change] = stage.changes;
  if (!change) throw new Error("no change");
  const altered: [string, Partial<typeof stage>][] = [
    ["another project", { project: { ...stage.project, id: "prj_2" } }],
    ["another version", { version: { ...version, id: "tv_2" } }],
    ["another generation", { baseGeneration: 1 }],
    ["another parameter", { parameters: { replicas: 2 } }],
    ["another size", { changes: [{ ...change, size: { ...change.size, cpu: 2 } }] }],
    ["another action", { changes: [{ ...change, action: "replace" }] }],
    ["another cloud", { placement: { web: { cloudId: "cld_2", cloudName: "Attic", kind: "container" } } }],
    [
      "another reason for the cloud",
      { reasons: [{ cloud: "Engine room", chosen: true, reason: "is cheap" }] },
    ],
    ["another price", { cost: { ...stage.cost, monthly: "1.00" } }],
    ["another lease", { lease: { days: 15, endsAt: "2026-12-16T00:00:00.000Z" } }],
    ["another warning", { warnings: ["web runs as root"] }],
    ["another backup", { body: createRequestBody({ ...stage.body, backup: "bkp_1" }) }],
  ];
  it.each(altered)("changes with %s", (_what, part) => {
    expect(evaluatePlan({ ...stage, ...part }).digest).not.toBe(signed);
  });

  it("stays when only the moment of the lease's end moved: it runs from the decision", () => {
    const lease = { days: 14, endsAt: "2026-12-31T00:00:00.000Z" };
    expect(evaluatePlan({ ...stage, lease }).digest).toBe(signed);
  });
});
