import { BadgeCheck, Boxes } from "lucide-react";
import Link from "next/link";
import { ApprovalRow } from "@/components/approvals/approval-row";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Stat } from "@/components/ui/stat";
import { Time } from "@/components/ui/time";
import type { AuditEventDto } from "@/lib/features/audit/schema";
import type { TemplateSummary } from "@/lib/features/catalog/schema";
import type { HomeDto } from "@/lib/features/home/schema";
import { formatCount } from "@/lib/kernel/format";
import { AttentionList } from "./attention-list";
import { CostCard } from "./cost-card";
import { EnvironmentList } from "./environment-list";
import { QuickStart } from "./quick-start";

export interface HomeViewProps {
  home: HomeDto;
  templates: readonly TemplateSummary[];
  /** Denied actions, newest first; for auditors. */
  denied: readonly AuditEventDto[];
  canRequest: boolean;
}

/** What needs the person, what runs, what it costs: in the order that suits who looks. */
export function HomeView({ home, templates, denied, canRequest }: HomeViewProps) {
  const { view } = home;
  const organization = view === "admin" || view === "auditor";
  return (
    <div className="grid gap-4">
      {organization ? <Counts home={home} /> : null}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid min-w-0 gap-4">
          <Approvals home={home} />
          {home.attention.length > 0 ? (
            <Card flush title="Needs attention" aside={home.attention.length}>
              <AttentionList items={home.attention} />
            </Card>
          ) : null}
          {view === "auditor" ? <Denied events={denied} /> : null}
          <Environments home={home} canRequest={canRequest} />
        </div>
        <div className="grid min-w-0 gap-4">
          <CostCard costs={home.costs} shown={organization ? 6 : 4} />
          {canRequest ? <QuickStart templates={templates} /> : null}
        </div>
      </div>
    </div>
  );
}

/** The sentence under the greeting: what there is to do, in a line. */
export function leadOf(home: HomeDto): string {
  const urgent = home.attention.filter((item) => item.kind !== "waiting").length;
  const waiting = home.attention.length - urgent;
  const parts = [
    home.approvalsTotal > 0 ? formatCount(home.approvalsTotal, "approval pending", "approvals pending") : "",
    urgent > 0 ? formatCount(urgent, "item needs attention", "items need attention") : "",
    waiting > 0
      ? formatCount(waiting, "of your requests is pending approval", "of your requests are pending approval")
      : "",
  ].filter(Boolean);
  if (parts.length > 0) return parts.join(" · ");
  if (home.view === "finance") return "Month-to-date spend and budget by project";
  const { total, unhealthy, degraded, failed } = home.counts;
  if (total === 0) return "No environments yet";
  // Problems that other users have to solve are problems all the same.
  const unwell = unhealthy + degraded + failed;
  if (unwell === 0) return "You’re all caught up";
  return `No action required · ${formatCount(unwell, "environment isn’t", "environments aren’t")} healthy`;
}

function Counts({ home }: { home: HomeDto }) {
  const { counts } = home;
  return (
    <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
      <Stat label="Environments" value={counts.total} href="/environments" />
      <Stat label="Running" value={counts.running} href="/environments?status=running" />
      <Stat
        label="Unhealthy"
        value={counts.unhealthy}
        note={counts.degraded > 0 ? `${counts.degraded} more degraded` : undefined}
        noteTone="warning"
        href="/environments?health=unhealthy"
      />
      <Stat
        label="Failed"
        value={counts.failed}
        note={counts.failed > 0 ? "Action required" : undefined}
        noteTone="bad"
        href="/environments?status=failed"
      />
    </div>
  );
}

function Approvals({ home }: { home: HomeDto }) {
  if (home.approvals.length === 0) {
    if (home.view !== "approver") return null;
    return (
      <Card>
        <p className="flex items-center gap-2.5 text-muted">
          <BadgeCheck className="size-4 text-good-ink" aria-hidden /> No pending approvals
        </p>
      </Card>
    );
  }
  return (
    <Card
      flush
      title="Pending your approval"
      aside={
        <Link href="/requests/approvals" className="link-quiet hover:text-ink">
          View all ({home.approvalsTotal})
        </Link>
      }
    >
      <ul className="divide-y">
        {home.approvals.map((request) => (
          <ApprovalRow key={request.id} request={request} />
        ))}
      </ul>
    </Card>
  );
}

function Environments({ home, canRequest }: { home: HomeDto; canRequest: boolean }) {
  const mine = home.view === "developer";
  return (
    <Card
      flush
      title={mine ? "Your environments" : "Recent environments"}
      aside={
        <Link href="/environments" className="link-quiet hover:text-ink">
          View all ({home.counts.total})
        </Link>
      }
    >
      {home.environments.length > 0 ? (
        <EnvironmentList items={home.environments} />
      ) : (
        <EmptyState
          icon={<Boxes />}
          title="No environments yet"
          action={
            canRequest ? (
              <ButtonLink href="/catalog" variant="accent">
                Browse catalog
              </ButtonLink>
            ) : undefined
          }
        >
          {canRequest
            ? "Pick a template to create one. Most are ready in under two minutes."
            : "Developers of your projects create them from the catalog."}
        </EmptyState>
      )}
    </Card>
  );
}

function Denied({ events }: { events: readonly AuditEventDto[] }) {
  return (
    <Card
      flush
      title="Denied actions"
      aside={
        <Link href="/admin/audit?outcome=denied" className="link-quiet hover:text-ink">
          View audit log
        </Link>
      }
    >
      {events.length === 0 ? (
        <p className="px-4 py-6 text-center text-muted">No denied actions</p>
      ) : (
        <ul className="divide-y">
          {events.map((event) => (
            <li key={event.id} className="flex items-baseline justify-between gap-4 px-4 py-2.5">
              <span className="min-w-0 truncate">
                <span className="font-medium">{event.actor.replace(/ <.*$/, "")}</span>
                <span className="ml-2 font-mono text-xs text-muted">{event.action}</span>
              </span>
              <Time value={event.at} className="shrink-0 text-xs text-muted" />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
