import { newId } from "@/lib/kernel/ids";
import type { Tx } from "@/lib/platform/db";
import { insertRows, type Row } from "./insert-rows.sql";
import type { DemoTables } from "./tables";

/**
 * Audit events for the demo requests and decisions, oldest first, because the chain takes them in that order.
 * They are the one thing that stays when demo data is removed: the audit trail never loses an event. So each of
 * them says that it is made up.
 */
export async function writeAudit(tx: Tx, tables: DemoTables): Promise<void> {
  const people = new Map(tables.of("app_user").map((row) => [row.id, row]));
  const environments = new Map(tables.of("environment").map((row) => [row.id, row]));
  const requests = new Map(tables.of("request").map((row) => [row.id, row]));
  const label = (id: unknown) => {
    const person = people.get(id);
    return person ? `${person.name} <${person.email}> (demo)` : "Rostrum (demo)";
  };
  const events = [
    ...tables.of("request").map((row) =>
      event(row, {
        at: row.created_at,
        actor_id: row.requester_id,
        actor_label: label(row.requester_id),
        action: `request.${row.kind}`,
        detail: {
          demo: true,
          request: row.id,
          name: environments.get(row.environment_id)?.name,
          reason: row.reason,
        },
      }),
    ),
    ...tables.of("approval").map((row) =>
      event(requests.get(row.request_id) ?? {}, {
        at: row.created_at,
        actor_id: row.approver_id,
        actor_label: label(row.approver_id),
        action: `request.${row.decision}`,
        detail: { demo: true, request: row.request_id, digest: row.plan_digest, reason: row.reason },
      }),
    ),
    ...refusals(tables, label),
  ].sort((left, right) => (String(left.at) < String(right.at) ? -1 : 1));
  await insertRows(tx, "audit_event", events);
}

/** What some tried and may not, in the last days: [days ago, email, action, object, project, reason]. */
const refused = [
  [0.2, "demo-noah.becker@rostrum.example", "request.decide", "request", "payments", "Own request"],
  [
    0.6,
    "demo-developer@rostrum.example",
    "page.open",
    "page",
    null,
    "/admin/users is for administrators and auditors",
  ],
  [
    1.4,
    "demo-aiko.tanaka@rostrum.example",
    "secret.reveal",
    "environment",
    "payments",
    "Viewers can’t reveal secrets",
  ],
  [2.8, "demo-jonas.weber@rostrum.example", "cloud.manage", "cloud", null, "Missing permission"],
] as const;

function refusals(tables: DemoTables, label: (id: unknown) => string): Row[] {
  const newest = Math.max(...tables.of("request").map((row) => Date.parse(String(row.created_at))));
  return refused.flatMap(([days, email, action, type, slug, reason]): Row[] => {
    const person = tables.of("app_user").find((row) => row.email === email);
    const project = tables.of("project").find((row) => row.slug === slug);
    const environment = tables.of("environment").find((row) => row.project_id === project?.id);
    if (!person) return [];
    return [
      event(
        { environment_id: project ? environment?.id : "", project_id: project?.id ?? null },
        {
          at: new Date(newest - days * 86_400_000).toISOString(),
          ...{
            actor_id: person.id,
            actor_label: label(person.id),
            action,
            object_type: type,
            outcome: "denied",
          },
          detail: { demo: true, reason },
        },
      ),
    ];
  });
}

function event(request: Row, rest: Row): Row {
  return {
    id: newId("audit"),
    via: request.origin === "system" ? "system" : "session",
    object_type: "environment",
    object_id: request.environment_id,
    project_id: request.project_id,
    outcome: "allowed",
    request_id: "",
    ip: "",
    ...rest,
  };
}
