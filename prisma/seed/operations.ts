import type { EventKind } from "@/lib/features/notifications/schema";
import { newId } from "@/lib/kernel/ids";
import type { HistoryContext } from "./context";
import { type DemoSubject, iso } from "./environment";
import { healingForMs } from "./healing";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const mib = 2 ** 20;

/** Incidents, backups and notifications: what happened to environments after they were made. */
export function addOperations(context: HistoryContext, subject: DemoSubject, index: number): void {
  if (subject.times.readyAt === null) return;
  addIncidents(context, subject, index);
  addBackups(context, subject);
}

function addIncidents({ tables, now }: HistoryContext, subject: DemoSubject, index: number): void {
  const { scenario, id, blueprint, times } = subject;
  const component = blueprint.components.at(-1)?.name ?? "";
  if (scenario.state === "healing") {
    const openedAt = now - healingForMs;
    tables.add("incident", {
      id: newId("incident"),
      environment_id: id,
      component,
      kind: "down",
      status: "open",
      summary: `${component} refuses connections`,
      actions: [{ at: iso(openedAt + 9_000), text: "Restarted, attempt 1 of 5" }],
      opened_at: iso(openedAt),
      closed_at: null,
    });
  }
  const open = scenario.state === "degraded" || scenario.state === "unhealthy";
  if (open) {
    const openedAt = now - (scenario.state === "degraded" ? 3.2 : 0.9) * hourMs;
    const unhealthy = scenario.state === "unhealthy";
    tables.add("incident", {
      id: newId("incident"),
      environment_id: id,
      component,
      kind: "health",
      status: "open",
      summary: unhealthy
        ? `${component} returns HTTP 503 after 5 restarts`
        : `${component} response time 2.4 s (baseline 0.2 s)`,
      actions: unhealthy
        ? [0, 1, 2, 3, 4].map((attempt) => ({
            at: iso(openedAt + attempt * 4 * 60_000),
            text: `Restarted (${attempt + 1} of 5)`,
          }))
        : [{ at: iso(openedAt + 30_000), text: "Monitoring; no restart required" }],
      opened_at: iso(openedAt),
      closed_at: null,
    });
  }
  // Every third environment had a bad moment once, which healed by itself.
  if (index % 3 !== 0 || scenario.state === "destroyed") return;
  const openedAt = Math.max(
    (times.readyAt ?? now) + hourMs,
    now - (1 + (index % 6)) * dayMs - index * 11 * 60_000,
  );
  if (openedAt > now - hourMs) return;
  const healMs = 6_000 + (index % 5) * 2_000;
  tables.add("incident", {
    id: newId("incident"),
    environment_id: id,
    component,
    kind: "down",
    status: "resolved",
    summary: `${component} stopped`,
    actions: [{ at: iso(openedAt + 2_000), text: "Restarted with the same URL and data" }],
    opened_at: iso(openedAt),
    closed_at: iso(openedAt + healMs),
  });
}

function addBackups({ tables, organization, now }: HistoryContext, subject: DemoSubject): void {
  const { blueprint, scenario, id, times } = subject;
  const components = blueprint.version.manifest.spec.components;
  const kept = Object.values(components).find(
    (one) => one.backup ?? one.container?.backup ?? one.process?.backup,
  );
  if (!kept || scenario.state === "destroyed") return;
  const until = times.endedAt ?? now;
  const base = (40 + scenario.name.length * 13) * mib;
  const lastNight = new Date(until);
  lastNight.setUTCHours(2, 0, 0, 0);
  if (lastNight.getTime() > until) lastNight.setUTCDate(lastNight.getUTCDate() - 1);
  for (let night = 0; night < 7; night += 1) {
    const at = lastNight.getTime() - night * dayMs;
    if (at < (times.readyAt ?? now)) break;
    const failed = scenario.name === "ledger-staging" && night === 3;
    tables.add("backup", {
      id: newId("backup"),
      environment_id: id,
      kind: "scheduled",
      status: failed ? "failed" : "succeeded",
      note: "",
      size_bytes: failed ? 0 : Math.round(base * (1 - night * 0.015)),
      error: failed ? "Backup storage disk is full" : "",
      template_version: blueprint.version.version,
      created_by_id: null,
      created_at: iso(at),
      finished_at: iso(at + 14_000),
      expires_at: iso(at + 7 * dayMs),
      verified_at: failed ? null : iso(at + 21_000),
    });
  }
  if (scenario.ageDays < 20) return;
  const at = until - 4.3 * dayMs;
  tables.add("backup", {
    id: newId("backup"),
    environment_id: id,
    kind: "manual",
    status: "succeeded",
    note: "Before the migration",
    size_bytes: base,
    error: "",
    template_version: blueprint.version.version,
    created_by_id: organization.people[scenario.owner].id,
    created_at: iso(at),
    finished_at: iso(at + 16_000),
    expires_at: null,
    verified_at: iso(at + 24_000),
  });
}

/** What people find under their bell: decisions that wait, what is done, what ends soon, what is wrong. */
export function addNotifications(
  { tables, organization, now }: HistoryContext,
  subjects: readonly { subject: DemoSubject; requestId: string }[],
): void {
  const tell = (userId: string, kind: EventKind, title: string, body: string, href: string, at: number) =>
    tables.add("notification", {
      id: newId("notification"),
      user_id: userId,
      kind,
      title,
      body,
      href,
      read_at: at < now - 2 * dayMs ? iso(at + hourMs) : null,
      created_at: iso(at),
    });
  for (const { subject, requestId } of subjects) {
    const { scenario, id, times } = subject;
    const owner = organization.people[scenario.owner];
    const here = `/environments/${id}`;
    if (scenario.state === "waiting") {
      const title = `${scenario.name}: approval requested`;
      tell(
        organization.people.approver.id,
        "request.approval-requested",
        title,
        `${owner.name} · ${scenario.reason}`,
        `/approvals/${requestId}`,
        times.askedAt,
      );
    } else if (scenario.state === "failed") {
      tell(
        owner.id,
        "run.failed",
        `${scenario.name}: create failed`,
        scenario.reason,
        here,
        times.decidedAt ?? now,
      );
    } else if (scenario.state === "unhealthy" || scenario.state === "degraded") {
      tell(
        owner.id,
        "incident.opened",
        `${scenario.name} is ${scenario.state}`,
        "Incident open.",
        here,
        now - hourMs,
      );
    } else if (times.readyAt !== null && scenario.ageDays < 14) {
      tell(owner.id, "environment.ready", `${scenario.name} is ready`, "", here, times.readyAt);
    }
    const leftMs = (times.leaseEndsAt ?? Number.POSITIVE_INFINITY) - now;
    if (scenario.state === "running" && leftMs < 3 * dayMs) {
      tell(
        owner.id,
        "lease.ends-soon",
        `${scenario.name}: lease ends soon`,
        "Extend it if you still need it.",
        here,
        now - 2 * hourMs,
      );
    }
  }
}
