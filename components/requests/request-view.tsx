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

/** What exactly changes, what it costs, what the rules said, and how far it is. */
export function RequestView({ request, titles }: RequestViewProps) {
  const { plan } = request;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="grid min-w-0 gap-4">
        {request.stale ? (
          <Callout
            tone="warning"
            title="The plan is out of date"
            action={<PlanAgain id={request.id} accent />}
          >
            The environment changed since this was planned. Nobody can approve the old plan.
          </Callout>
        ) : null}
        {request.status === "rejected" && request.message ? (
          <Callout tone="bad" title={`Rejected by ${request.decisions.at(-1)?.approver ?? "an approver"}`}>
            {request.message}
          </Callout>
        ) : null}
        {request.status === "failed" ? (
          <Callout
            tone="bad"
            title="It failed on the way"
            action={
              request.runId ? (
                <Link href={`/runs/${request.runId}`} className="link font-medium">
                  See what exists and go on
                </Link>
              ) : undefined
            }
          >
            {request.message || "Its run says why."}
          </Callout>
        ) : null}
        <Card title="What changes" aside={plan ? `on ${cloudsOf(plan) || "no cloud"}, price a month` : null}>
          {plan ? <PlanChanges plan={plan} full /> : <p className="text-muted">There is no plan.</p>}
        </Card>
        {plan ? <LossList losses={plan.losses} /> : null}
        {plan ? (
          <Card title="What the rules say" aside={formatCount(request.verdicts.length, "rule")}>
            <VerdictList verdicts={request.verdicts} />
          </Card>
        ) : null}
        <Parameters values={request.parameters} titles={titles} />
      </div>
      <div className="grid min-w-0 gap-4 max-lg:order-first">
        {plan ? <CostCard cost={plan.cost} lease={plan.lease} kind={request.kind} /> : null}
        <Card title="Timeline">
          <Timeline
            label="What happened"
            items={requestSteps(request).map((step) => ({
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
            }))}
          />
          {request.status === "pending_approval" && request.expiresAt ? (
            <p className="mt-3 text-xs text-muted">
              Without a decision it expires <Time value={request.expiresAt} />.
            </p>
          ) : null}
        </Card>
        <Card title="Asked for">
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
                  <Link href={`/catalog/${request.template.name}`} className="link-quiet">
                    {request.template.title} {request.template.version}
                  </Link>
                ),
              },
              { term: "By", value: request.requester?.name ?? "Rostrum itself" },
              { term: "Asked", value: <Time value={request.createdAt} /> },
            ]}
          />
          {request.reason ? <p className="mt-3 border-t pt-3 text-ink-soft">“{request.reason}”</p> : null}
        </Card>
      </div>
    </div>
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
              ? "no difference"
              : `${formatMoney(changed, cost.currency, { signed: true })} a month`,
          cost.untilLeaseEnd === null
            ? ""
            : `${formatMoney(cost.untilLeaseEnd, cost.currency)} until ${lease ? formatDate(lease.endsAt) : "its lease ends"}`,
          cost.unpriced.length > 0 ? `no price for ${cost.unpriced.join(", ")}` : "",
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
    <Card title="Settings asked for" aside="secrets are never shown">
      <DescriptionList
        items={entries.map(([name, value]) => ({
          term: titles[name] ?? name,
          value: <span className="[overflow-wrap:anywhere]">{parameterText(value)}</span>,
        }))}
      />
    </Card>
  );
}
