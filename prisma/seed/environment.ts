import { digestOf } from "@/lib/kernel/canonical";
import { newId } from "@/lib/kernel/ids";
import { seal } from "@/lib/platform/crypto";
import type { Blueprint, BlueprintComponent } from "./blueprint";
import type { Organization } from "./organization";
import type { planCost } from "./pricing";
import type { DemoEnvironment, DemoState } from "./scenarios";
import type { DemoTables } from "./tables";

/** A demo environment with everything decided about it, before rows are made of it. */
export interface DemoSubject {
  scenario: DemoEnvironment;
  id: string;
  /** Of the creation, where it came to that. */
  runId: string;
  blueprint: Blueprint;
  cost: ReturnType<typeof planCost>;
  times: DemoTimes;
  /** Components that exist, with their resource ids. */
  existing: { resourceId: string; component: BlueprintComponent }[];
}

/** When things happened, in milliseconds; null = did not. */
export interface DemoTimes {
  askedAt: number;
  decidedAt: number | null;
  readyAt: number | null;
  /** Stopped, or torn down. */
  endedAt: number | null;
  leaseEndsAt: number | null;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

const alive: ReadonlySet<DemoState> = new Set([
  "running",
  "degraded",
  "unhealthy",
  "healing",
  "stopped",
  "grace",
]);
const decided: ReadonlySet<DemoState> = new Set([
  ...alive,
  "failed",
  "provisioning",
  "destroyed",
  "rejected",
]);

export function timesOf(
  scenario: DemoEnvironment,
  blueprint: Blueprint,
  now: number,
  needsApproval: boolean,
): DemoTimes {
  const askedAt = now - scenario.ageDays * dayMs;
  // Approvers take from minutes to half a day; what needs no approval is decided at once.
  const waitMs = needsApproval ? (7 + ((scenario.name.length * 37) % 300)) * minuteMs : 0;
  const decidedAt = decided.has(scenario.state) ? Math.min(now - minuteMs, askedAt + waitMs) : null;
  const tookMs = (18 + blueprint.components.length * 11 + (scenario.name.length % 9)) * 1000;
  const wasReady = alive.has(scenario.state) || scenario.state === "destroyed";
  const readyAt = wasReady && decidedAt !== null ? decidedAt + tookMs : null;
  const leaseDays = scenario.leaseLeftDays;
  return {
    askedAt,
    decidedAt,
    readyAt,
    endedAt: endOf(scenario.state, askedAt, now),
    leaseEndsAt:
      wasReady || scenario.state === "failed"
        ? now + (leaseDays ?? Math.max(1, blueprint.leaseDays - scenario.ageDays)) * dayMs
        : null,
  };
}

function endOf(state: DemoState, askedAt: number, now: number): number | null {
  if (state === "stopped") return now - 2.4 * dayMs;
  if (state === "grace") return now - dayMs;
  if (state === "destroyed") return askedAt + (now - askedAt) * 0.7;
  return null;
}

/** Which components exist: all, those made before a failure, or none. */
export function existingOf(scenario: DemoEnvironment, blueprint: Blueprint): DemoSubject["existing"] {
  const made =
    scenario.state === "failed"
      ? blueprint.components.slice(0, -1)
      : alive.has(scenario.state)
        ? blueprint.components
        : [];
  return made.map((component) => ({ resourceId: newId("resource"), component }));
}

const statuses: Record<DemoState, string> = {
  running: "running",
  degraded: "running",
  unhealthy: "running",
  healing: "running",
  stopped: "stopped",
  grace: "stopped",
  failed: "failed",
  waiting: "pending",
  rejected: "destroyed",
  provisioning: "provisioning",
  destroyed: "destroyed",
};

const healths: Partial<Record<DemoState, [health: string, message: string]>> = {
  running: ["healthy", ""],
  degraded: ["degraded", "Slow response: 2.4 s at the last check"],
  unhealthy: ["unhealthy", "Health check failed 6 times: HTTP 503"],
  healing: ["unhealthy", "Health check failed 3 times: connection refused"],
};

export function addEnvironment(
  tables: DemoTables,
  organization: Organization,
  subject: DemoSubject,
  now: number,
): void {
  const { scenario, id, blueprint, cost, times } = subject;
  const [health, healthMessage] = healths[scenario.state] ?? ["unknown", ""];
  const gone = scenario.state === "destroyed" || scenario.state === "rejected";
  const goneAt = scenario.state === "rejected" ? times.decidedAt : times.endedAt;
  const context = `environment:${id}`;
  const isReady = times.readyAt !== null;
  tables.add("environment", {
    id,
    name: scenario.name,
    project_id: organization.projects[scenario.project].id,
    owner_id: organization.people[scenario.owner].id,
    template_version_id: blueprint.version.id,
    parameters: blueprint.parameters,
    placement: blueprint.placement,
    generation: times.decidedAt === null || scenario.state === "rejected" ? 0 : 1,
    status: statuses[scenario.state],
    health,
    health_message: healthMessage,
    outputs: isReady
      ? Object.fromEntries(blueprint.outputs.filter((one) => !one.secret).map((one) => [one.name, one.value]))
      : {},
    sealed_outputs: isReady ? seal(JSON.stringify(blueprint.outputs), context) : null,
    monthly_cost: gone ? "0" : cost.monthly,
    currency: cost.currency,
    lease_ends_at: iso(times.leaseEndsAt),
    destroy_after: scenario.state === "grace" ? iso(now + 2 * dayMs) : null,
    is_demo: true,
    created_at: iso(times.askedAt),
    updated_at: iso(times.endedAt ?? times.readyAt ?? times.askedAt),
    ready_at: iso(times.readyAt),
    destroyed_at: gone ? iso(goneAt) : null,
    failed_run_id: scenario.state === "failed" ? subject.runId : null,
    // The conditions that are shown on purpose stay: no one checks them, and so no one heals them.
    next_check_at: iso(scenario.state === "running" ? now : now + 3_650 * dayMs),
  });
  for (const { resourceId, component } of subject.existing) {
    tables.add("resource", resourceRow(subject, resourceId, component, organization.cloud.id, context));
  }
  if (gone) return;
  for (const [component, secrets] of Object.entries(blueprint.secrets)) {
    for (const [name, value] of Object.entries(secrets)) {
      tables.add("environment_secret", {
        environment_id: id,
        component,
        name,
        sealed: seal(value, context),
        created_at: iso(times.askedAt),
      });
    }
  }
}

function resourceRow(
  subject: DemoSubject,
  resourceId: string,
  component: BlueprintComponent,
  cloudId: string,
  context: string,
) {
  const { scenario, id, blueprint, times } = subject;
  const { view, desired } = component.resolved;
  const stopped = scenario.state === "stopped" || scenario.state === "grace";
  const isLast = component === blueprint.components.at(-1);
  const suffers = isLast ? healths[scenario.state] : undefined;
  const [health, message] =
    suffers ?? (stopped || scenario.state === "failed" ? ["unknown", ""] : ["healthy", ""]);
  const { observation, published } = component;
  const visible = Object.entries(published.external.outputs).filter(([, output]) => !output.secret);
  return {
    id: resourceId,
    environment_id: id,
    component: component.name,
    cloud_id: cloudId,
    kind: view.kind,
    external_id: observation.externalId,
    status: stopped ? "stopped" : "running",
    desired: desired ? seal(JSON.stringify(desired), context) : null,
    desired_digest: desired ? digestOf(desired) : "",
    spec: view,
    cpu: view.size.cpu,
    memory_bytes: Math.round(view.size.memoryBytes),
    storage_bytes: Math.round(view.size.storageBytes),
    replicas: view.replicas,
    attributes: observation.attributes,
    address: { internal: observation.internal, external: observation.external, url: observation.url },
    outputs: Object.fromEntries(visible.map(([name, output]) => [name, output.value])),
    sealed_outputs: seal(JSON.stringify(published), context),
    health,
    health_message: message,
    failures: scenario.state === "unhealthy" && isLast ? 6 : 0,
    restarts: scenario.state === "unhealthy" && isLast ? 5 : 0,
    created_at: iso(times.decidedAt ?? times.askedAt),
    updated_at: iso(times.endedAt ?? times.readyAt ?? times.askedAt),
    last_observed_at: iso(times.endedAt ?? Date.now()),
  };
}

export function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
