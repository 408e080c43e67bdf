import Link from "next/link";
import type { ReactNode } from "react";
import { LossList } from "@/components/requests/loss-list";
import { PlanChanges } from "@/components/requests/plan-changes";
import { cloudsOf } from "@/components/requests/plan-model";
import { BudgetMeter, QuotaMeters } from "@/components/requests/quota-meters";
import { Avatar } from "@/components/ui/avatar";
import { Card } from "@/components/ui/card";
import { Money } from "@/components/ui/money";
import { RunRate } from "@/components/ui/run-rate";
import { Stat } from "@/components/ui/stat";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { ApprovalCase } from "@/lib/features/approvals/schema";
import { environmentStatusLabels } from "@/lib/features/environments/schema";
import { formatCount, formatDate, formatMoney } from "@/lib/kernel/format";
import { effectLooks } from "../requests/looks";
import { AlternativesCard } from "./alternatives-card";
import { budgetLeft, decidedAmount, requesterWords } from "./case-model";

export interface ApprovalCardProps {
  item: ApprovalCase;
  /** The buttons, or why there are none: at the bottom of a phone, beside the figures elsewhere. */
  decision: ReactNode;
}

/**
 * Who, why, what, how much, what is left: everything for a decision in thirty seconds. Two columns where there is room; on
 * phones the columns dissolve and the cards stand in the order of their importance.
 */
export function ApprovalCard({ item, decision }: ApprovalCardProps) {
  const { request } = item;
  const { plan } = request;
  return (
    <div className="flex flex-col gap-3 lg:grid lg:grid-cols-[minmax(0,1fr)_21rem] lg:items-start lg:gap-4">
      <div className="contents lg:grid lg:gap-4">
        <div className="order-1">
          <Reason item={item} />
        </div>
        <div className="order-3">
          <WhyAsked item={item} />
        </div>
        {plan && plan.losses.length > 0 ? (
          <div className="order-3">
            <LossList losses={plan.losses} />
          </div>
        ) : null}
        {plan ? (
          <div className="order-4">
            <WhatChanges request={request} plan={plan} />
          </div>
        ) : null}
        <div className="order-7">
          <OtherEnvironments item={item} />
        </div>
      </div>
      <div className="contents lg:sticky lg:top-6 lg:grid lg:gap-4">
        <div className="order-2 grid grid-cols-2 gap-3">
          <CostStat request={request} />
          <BudgetStat item={item} />
        </div>
        {plan && item.alternatives.length > 0 ? (
          <div className="order-5 lg:order-last">
            <AlternativesCard
              requestId={request.id}
              digest={plan.digest}
              environmentName={request.environmentName}
              currency={request.currency}
              alternatives={item.alternatives}
              canDecide={request.can.decide && !request.stale}
            />
          </div>
        ) : null}
        {item.quota.some((use) => use.limit !== null) ? (
          <Card className="order-6" title={`${request.project.name} quota after approval`}>
            <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-1">
              <QuotaMeters quota={item.quota} />
            </div>
          </Card>
        ) : null}
        {decision}
      </div>
    </div>
  );
}

function BudgetStat({ item: { budget, request } }: { item: ApprovalCase }) {
  if (!budget) {
    return <Stat label="Budget" value="None" note={`${request.project.name} has no monthly budget`} />;
  }
  const left = budgetLeft(budget);
  return (
    <Stat
      label="Budget remaining"
      value={<Money amount={left} currency={request.currency} rounded />}
      note={Number(left) < 0 ? "Over budget" : undefined}
      noteTone="bad"
    >
      <BudgetMeter
        short
        budget={{
          monthly: budget.monthly,
          before: budget.before,
          added: String(Number(budget.after) - Number(budget.before)),
          currency: request.currency,
        }}
      />
    </Stat>
  );
}

type Plan = NonNullable<ApprovalCase["request"]["plan"]>;

function WhatChanges({ request, plan }: { request: ApprovalCase["request"]; plan: Plan }) {
  return (
    <Card title={request.kind === "create" ? "Resources" : "Changes"} aside="Monthly cost">
      <PlanChanges plan={plan} full={request.kind !== "create"} />
      <p className="mt-3 text-xs text-muted">
        {[
          cloudsOf(plan) || "No cloud",
          plan.lease ? `Lease ends ${formatDate(plan.lease.endsAt)}` : "Lease unchanged",
          `${request.template.title} ${request.template.version}`,
        ].join(" · ")}
      </p>
    </Card>
  );
}

function Reason({ item }: { item: ApprovalCase }) {
  const { request, requester } = item;
  const name = requester?.name ?? "System";
  return (
    <Card>
      <p className="text-lg text-pretty">
        {request.reason ? `“${request.reason}”` : <span className="text-muted">No purpose given</span>}
      </p>
      <div className="mt-2.5 flex items-center gap-2.5">
        <Avatar name={name} />
        <p className="min-w-0 text-xs text-muted">
          <span className="block text-sm font-medium text-ink">{name}</span>
          {requester ? requesterWords(requester, request.project.name) : "Requested by the system"}
        </p>
      </div>
    </Card>
  );
}

function CostStat({ request }: { request: ApprovalCase["request"] }) {
  const { amount, period } = decidedAmount(request);
  const cost = request.plan?.cost;
  const note =
    period === "until" ? (
      <RunRate monthly={cost?.monthly ?? null} currency={request.currency} />
    ) : (
      `Now ${formatMoney(cost?.monthlyBefore, request.currency, { period: "month" })}`
    );
  return (
    <Stat
      label={period === "until" ? "Cost until lease ends" : "Monthly cost"}
      value={<Money amount={amount} currency={request.currency} rounded />}
      note={note}
    />
  );
}

function WhyAsked({ item }: { item: ApprovalCase }) {
  const { verdicts } = item.request;
  const telling = verdicts.filter((one) => one.effect !== "allow");
  const rest = verdicts.length - telling.length;
  return (
    <Card title="Why approval is required">
      <ul className="grid gap-2">
        {telling.map((verdict) => (
          <li key={verdict.policy} className="grid gap-0.5">
            <span>{verdict.reason}</span>
            <Status tone={effectLooks[verdict.effect].tone} className="text-xs">
              {effectLooks[verdict.effect].word}: {verdict.title}
            </Status>
          </li>
        ))}
      </ul>
      {rest > 0 ? (
        <p className={telling.length > 0 ? "mt-2 text-xs text-muted" : "text-muted"}>
          {telling.length === 0
            ? "All policy checks passed"
            : `${formatCount(rest, "other policy check")} passed`}
        </p>
      ) : null}
      {item.request.status === "pending_approval" && item.request.expiresAt ? (
        <p className="mt-1 text-xs text-muted">
          Request expires <Time value={item.request.expiresAt} />.
        </p>
      ) : null}
    </Card>
  );
}

function OtherEnvironments({ item }: { item: ApprovalCase }) {
  const { requester, request } = item;
  if (!requester) return null;
  const more = requester.environmentsTotal - requester.environments.length;
  return (
    <Card
      title={`${requester.name}’s other environments in ${request.project.name}`}
      aside={requester.environmentsTotal > 0 ? formatCount(requester.environmentsTotal, "environment") : null}
    >
      {requester.environments.length === 0 ? (
        <p className="text-muted">None</p>
      ) : (
        <ul className="grid grid-cols-1 divide-y">
          {requester.environments.map((one) => (
            <li key={one.id} className="flex items-baseline justify-between gap-4 py-2 first:pt-0 last:pb-0">
              <span className="min-w-0 truncate">
                <Link href={`/environments/${one.id}`} className="link-quiet font-medium">
                  {one.name}
                </Link>
                <span className="ml-2 text-xs text-muted">
                  {one.template} · {environmentStatusLabels[one.status]}
                </span>
              </span>
              <Money amount={one.monthly} currency={request.currency} period="month" />
            </li>
          ))}
        </ul>
      )}
      {more > 0 ? <p className="mt-2 text-xs text-muted">and {more} more</p> : null}
    </Card>
  );
}
