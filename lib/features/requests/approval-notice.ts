import type { NotificationEvent } from "@/lib/features/notifications";
import { formatDate, formatMoney } from "@/lib/kernel/format";
import type { Actor } from "@/lib/platform/auth";
import type { Prepared } from "./prepare";

/** What approvers read of a request before they open it: who, what, why, how much and until when. */
export function approvalNotice(
  actor: Actor,
  requestId: string,
  prepared: Prepared,
  approvalDays: number,
): NotificationEvent {
  const { project, environmentName, version, body, cost, lease } = prepared;
  const decideBy = new Date(Date.now() + approvalDays * 86_400_000);
  const amount = formatMoney(cost.monthly, cost.currency, { period: "month" });
  return {
    kind: "request.approval-requested",
    subjectId: actor.userId,
    actorId: actor.userId,
    projectId: project.id,
    title: `${environmentName}: approval requested`,
    body: [
      `${actor.name} · ${amount}${lease ? ` until ${formatDate(lease.endsAt, "UTC")}` : ""}`,
      body.reason,
    ]
      .filter(Boolean)
      .join("\n"),
    href: `/approvals/${requestId}`,
    facts: [
      { label: "Requester", value: actor.name },
      { label: "Project", value: project.name },
      { label: "Template", value: `${version.title} ${version.version}` },
      { label: "Monthly cost", value: formatMoney(cost.monthly, cost.currency) },
      ...(cost.untilLeaseEnd !== null && lease
        ? [{ label: "Cost to lease end", value: formatMoney(cost.untilLeaseEnd, cost.currency) }]
        : []),
      ...(lease ? [{ label: "Lease ends", value: formatDate(lease.endsAt, "UTC") }] : []),
      { label: "Request expires", value: formatDate(decideBy, "UTC") },
    ],
  };
}
