import Link from "next/link";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { Money } from "@/components/ui/money";
import { Time } from "@/components/ui/time";
import { Timeline } from "@/components/ui/timeline";
import type { PlanCost, RequestDetail } from "@/lib/features/requests/schema";
import { formatCount, formatDate, formatMoney } from "@/lib/kernel/format";
import { LossList } from "./loss-list";
import { PlanChanges } from "./plan-changes";
import { cloudsOf, difference, inFormOrder, parameterText } from "./plan-model";
import { PlanAgain } from "./request-actions";
import { requestSteps } from "./request-steps";
import { VerdictList } from "./verdict-list";

export interface RequestViewProps {
  request: RequestDetail;
  /** Titles of the parameters, by name. */
  titles: Readonly<Record<string, string>>;
}

/** The planned changes, their cost, the policy checks and the progress. */
export function RequestView({ request, titles }: RequestViewProps) {
  const { plan } = request;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="grid min-w-0 gap-4">
        <Notice request={request} />
        <Card title="Planned changes" aside={plan ? `${cloudsOf(plan) || "No cloud"} · Monthly cost` : null}>
          {plan ? <PlanChanges plan={plan} full /> : <p className="text-muted">No plan</p>}
        </Card>
        {plan ? <LossList losses={plan.losses} /> : null}
        {plan ? (
          <Card title="Policy checks" aside={formatCount(request.verdicts.length, "check")}>
            <VerdictList verdicts={request.verdicts} />
          </Card>
        ) : null}
        <Parameters values={request.parameters} titles={titles} />
      </div>
      <div className="grid min-w-0 gap-4 max-lg:order-first">
        {plan ? <CostCard cost={plan.cost} lease={plan.lease} kind={request.kind} /> : null}
        <Progress request={request} />
        <Details request={request} />
      </div>
    </div>
  );
}

/** What must be known before the plan is read. */
function Notice({ request }: { request: RequestDetail }) {
  return (
    <>
      {request.stale ? (
        <Callout tone="warning" title="Plan is outdated" action={<PlanAgain id={request.id} accent />}>
          The environment changed after this plan was created. Re-plan before approval.
        </Callout>
      ) : null}
      {request.status === "rejected" && request.message ? (
        <Callout tone="bad" title="Reason for rejection">
          {request.message}
        </Callout>
      ) : null}
      {request.status === "failed" ? (
        <Callout
          tone="bad"
          title="Run failed"
          action={
            request.runId ? (
              <Link href={`/runs/${request.runId}`} className="link font-medium">
                Open run
              </Link>
            ) : undefined
          }
        >
          {request.message || "The run shows the cause."}
        </Callout>
      ) : null}
    </>
  );
}

function Progress({ request }: { request: RequestDetail }) {
  return (
    <Card title="Timeline">
      <Timeline label="Timeline" items={requestSteps(request).map(toTimelineItem)} />
      {request.status === "pending_approval" && request.expiresAt ? (
        <p className="mt-3 text-xs text-muted">
          Expires <Time value={request.expiresAt} />.
        </p>
      ) : null}
    </Card>
  );
}

function toTimelineItem(step: ReturnType<typeof requestSteps>[number]) {
  return {
    key: step.key,
    tone: step.tone,
    title: step.href ? (
      <Link href={step.href} className="link font-medium">
        {step.title}
      </Link>
    ) : (
      <span className="font-medium">{step.title}</span>
    ),
    meta: (
      <>
        {step.who}
        {step.at ? (
          <>
            {step.who ? " · " : ""}
            <Time value={step.at} />
          </>
        ) : null}
      </>
    ),
    ...(step.note
      ? { children: <p className="text-ink-soft">{step.said ? `“${step.note}”` : step.note}</p> }
      : {}),
  };
}

function Details({ request }: { request: RequestDetail }) {
  const { template } = request;
  return (
    <Card title="Details">
      <DescriptionList
        items={[
          {
            term: "Environment",
            value: (
              <Link href={`/environments/${request.environmentId}`} className="link">
                {request.environmentName}
              </Link>
            ),
          },
          { term: "Project", value: request.project.name },
          {
            term: "Template",
            value: (
              <Link href={`/catalog/${template.name}`} className="link-quiet">
                {template.title} {template.version}
              </Link>
            ),
          },
          { term: "Requested by", value: request.requester?.name ?? "System" },
          { term: "Requested", value: <Time value={request.createdAt} /> },
        ]}
      />
      {request.reason ? <p className="mt-3 border-t pt-3 text-ink-soft">“{request.reason}”</p> : null}
    </Card>
  );
}

function CostCard(props: { cost: PlanCost; lease: { endsAt: string } | null; kind: RequestDetail["kind"] }) {
  const { cost, lease } = props;
  const changed = difference(cost.monthly, cost.monthlyBefore);
  return (
    <Card title="Cost">
      <div className="flex items-baseline gap-2 text-xl font-semibold tracking-[-0.015em]">
        {props.kind === "create" ? null : (
          <>
            <Money amount={cost.monthlyBefore} currency={cost.currency} className="font-medium text-muted" />
            <span aria-hidden className="text-muted">
              →
            </span>
            <span className="sr-only">then</span>
          </>
        )}
        <Money amount={cost.monthly} currency={cost.currency} period="month" />
      </div>
      <p className="mt-1 text-xs text-muted tabular">
        {[
          props.kind === "create" || changed === null
            ? ""
            : Number(changed) === 0
              ? "No change"
              : formatMoney(changed, cost.currency, { signed: true, period: "month" }),
          cost.untilLeaseEnd === null
            ? ""
            : `${formatMoney(cost.untilLeaseEnd, cost.currency)} until ${lease ? formatDate(lease.endsAt) : "lease ends"}`,
          cost.unpriced.length > 0 ? `No price for ${cost.unpriced.join(", ")}` : "",
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
    </Card>
  );
}

function Parameters({
  values,
  titles,
}: {
  values: Record<string, unknown>;
  titles: RequestViewProps["titles"];
}) {
  const entries = inFormOrder(values, titles);
  if (entries.length === 0) return null;
  return (
    <Card title="Parameters" aside="Secrets are hidden">
      <DescriptionList
        items={entries.map(([name, value]) => ({
          term: titles[name] ?? name,
          value: <span className="[overflow-wrap:anywhere]">{parameterText(value)}</span>,
        }))}
      />
    </Card>
  );
}
