import { afterAll, beforeAll, expect, it } from "vitest";
import { actorOf, createWorld, type World } from "../support/world";

let world: World;

beforeAll(async () => {
  world = await createWorld({ project: { approvalLimit: 0 } });
  await world.publish(
    "store",
    {
      db: {
        title: "Database",
        size: { cpu: 1, memory: "1Gi", storage: "2Gi" },
        process: { program: "node", volumes: ["data:/data"] },
        backup: { snapshot: ["data"], schedule: "0 2 * * *", keep: { daily: 7 } },
      },
      web: {
        title: "Web app",
        size: { cpu: 1, memory: "1Gi" },
        process: { program: "node", environment: { DB: "${{ components.db.host }}" } },
      },
    },
    { lifecycle: { lease: { default: "14d", max: "30d" } } },
  );
}, 60_000);
afterAll(() => world?.close());

it("says of an environment that waits for approval what its plan and template say", async () => {
  const { submitRequest } = await import("@/lib/features/requests");
  const { getEnvironment } = await import("@/lib/features/environments");
  const { getProtection } = await import("@/lib/features/backups");
  const developer = await actorOf(world, "developer");
  const submitted = await submitRequest(developer, {
    kind: "create",
    project: "team",
    template: "store",
    name: "waiting",
    parameters: {},
    reason: "",
  });
  const seen = await getEnvironment(developer, submitted.environmentId);
  expect(seen).toMatchObject({
    status: "pending",
    resources: [],
    planned: {
      leaseDays: 14,
      components: [
        { component: "db", title: "Database", cloud: "Simulated", storageBytes: 2 * 2 ** 30, dependsOn: [] },
        { component: "web", title: "Web app", product: "nodejs", cloud: "Simulated", dependsOn: ["db"] },
      ],
    },
  });
  expect(Number(seen.planned?.monthly)).toBeGreaterThan(0);
  expect(await getProtection(developer, submitted.environmentId)).toMatchObject({
    components: [{ component: "db", schedule: "0 2 * * *", keep: { daily: 7 } }],
  });
});
