import type { ResourceDto } from "@/lib/features/environments/schema";

/** A running component for tests, with what a test says of it. */
export function resourceOf(facts: Partial<ResourceDto> = {}): ResourceDto {
  const component = facts.component ?? "web";
  return {
    id: "res_1",
    component,
    title: component,
    icon: null,
    product: null,
    cloud: "This machine",
    cloudId: "cloud_1",
    driver: "machine",
    kind: "process",
    externalId: component,
    status: "running",
    health: "healthy",
    healthMessage: "",
    restarts: 0,
    cpu: 0.5,
    memoryBytes: 256 * 1024 ** 2,
    storageBytes: 0,
    replicas: 1,
    attributes: {},
    url: null,
    addresses: [],
    outputs: {},
    secretOutputs: [],
    dependsOn: [],
    latest: null,
    hasBackup: false,
    lastObservedAt: null,
    createdAt: "2026-12-01T08:00:00.000Z",
    ...facts,
  };
}
