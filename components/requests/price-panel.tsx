"use client";

import { Card } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { DiffList, DiffRow } from "@/components/ui/diff";
import { Money } from "@/components/ui/money";
import { RunRate } from "@/components/ui/run-rate";
import { Skeleton } from "@/components/ui/skeleton";
import { Status } from "@/components/ui/status";
import type { PreviewDto, ProjectOption } from "@/lib/features/requests/schema";
import { formatCount, formatDate, formatMoney } from "@/lib/kernel/format";
import { diffActionOf, outcomeLooks } from "./looks";
import { LossList } from "./loss-list";
import { PlanDialog } from "./plan-dialog";
import { changeWords, difference, monthlyOf } from "./plan-model";
import { BudgetMeter, QuotaMeters } from "./quota-meters";
import { changesNothing, SubmitButton, type SubmitProps } from "./submit-bar";
import type { Preview } from "./use-preview";

export interface PricePanelProps extends SubmitProps {
  project: ProjectOption | undefined;
  /** What the server said to the submission itself. */
  refusal?: string;
}

/** What it costs, what the rules say, what is left, and the one button. */
export function PricePanel({ preview, project, kind, submitting, refusal, onSubmit }: PricePanelProps) {
  const { data, pending, problem } = preview;
  return (
    <Card flush className="lg:sticky lg:top-6" aria-label="Cost and approval">
      <div aria-busy={pending} className={cn("transition-opacity", pending && data && "opacity-60")}>
        {data ? <Figures data={data} kind={kind} /> : <Waiting failed={Boolean(problem)} />}
        {data ? (
          <div className="border-t px-4 py-3.5">
            <Components data={data} kind={kind} />
          </div>
        ) : null}
      </div>
      <div className="grid gap-3.5 border-t px-4 py-3.5">
        <div aria-live="polite" className="grid gap-2">
          {problem ? (
            <Trouble problem={problem} />
          ) : data ? (
            <Outcome data={data} kind={kind} />
          ) : (
            <OutcomeSkeleton />
          )}
          {refusal && !problem ? <p className="text-sm text-bad-ink">{refusal}</p> : null}
        </div>
        {data ? <LossList losses={data.plan.losses} /> : null}
        {data && project ? <Room data={data} project={project} /> : null}
        <div className="max-lg:hidden">
          <SubmitButton {...{ preview, kind, submitting, onSubmit }} />
        </div>
        {data ? <PlanDialog preview={data} /> : null}
      </div>
    </Card>
  );
}

/** Why there is no price. A session that ended is begun again beside the form, which keeps what was typed. */
function Trouble({ problem }: { problem: NonNullable<Preview["problem"]> }) {
  return (
    <p className="text-sm text-bad-ink">
      {problem.status === 401
        ? "Your session expired. Your changes are still here."
        : (problem.detail ?? problem.title)}
      {problem.status >= 500 && problem.requestId ? ` (Request ID: ${problem.requestId})` : ""}
      {problem.status === 401 ? (
        <>
          {" "}
          <a href="/sign-in" target="_blank" rel="noreferrer" className="font-medium underline">
            Sign in again in a new tab
          </a>
          , then continue here.
        </>
      ) : null}
    </p>
  );
}

/** The words and meters to come: the panel keeps its height. */
function OutcomeSkeleton() {
  return (
    <div className="grid gap-2.5">
      <Skeleton className="h-5 w-4/5" />
      <Skeleton className="h-3.5 w-1/2" />
      <Skeleton className="mt-2 h-8 w-full" />
      <Skeleton className="h-8 w-full" />
      <Skeleton className="h-8 w-full" />
    </div>
  );
}

function Figures({ data, kind }: { data: PreviewDto; kind: "create" | "update" }) {
  const { cost, lease } = data.plan;
  const { currency } = cost;
  const until = cost.untilLeaseEnd !== null;
  if (kind === "update") {
    return (
      <div className="flex items-end justify-between gap-3 px-4 pt-4 pb-3.5">
        <div>
          <p className="text-xs text-muted">New monthly cost</p>
          <p className="text-3xl font-semibold tracking-[-0.02em]">
            <RunRate bare monthly={cost.monthly} currency={currency} />
          </p>
        </div>
        <div className="grid text-right text-xs text-muted tabular">
          <span>now {formatMoney(cost.monthlyBefore, currency)}</span>
          {sameCost(cost) ? (
            <span>No change</span>
          ) : (
            <Money
              amount={difference(cost.monthly, cost.monthlyBefore)}
              currency={currency}
              signed
              className="text-ink"
            />
          )}
        </div>
      </div>
    );
  }
  return (
    <div className="flex items-end justify-between gap-3 px-4 pt-4 pb-3.5">
      <div>
        <p className="text-xs text-muted">
          {lease && until ? `Until ${formatDate(lease.endsAt)}` : "Monthly cost"}
        </p>
        <p className="text-3xl font-semibold tracking-[-0.02em]">
          {until ? (
            <Money amount={cost.untilLeaseEnd} currency={currency} />
          ) : (
            <RunRate bare monthly={cost.monthly} currency={currency} />
          )}
        </p>
      </div>
      {until ? (
        <span className="text-xs text-muted">
          <RunRate monthly={cost.monthly} currency={currency} />
        </span>
      ) : null}
    </div>
  );
}

/** Null on either side is unknown, not the same. */
function sameCost(cost: PreviewDto["plan"]["cost"]): boolean {
  const changed = difference(cost.monthly, cost.monthlyBefore);
  return changed !== null && Number(changed) === 0;
}

function Components({ data, kind }: { data: PreviewDto; kind: "create" | "update" }) {
  const { plan } = data;
  return (
    <>
      <p className="mb-2 flex justify-between text-xs text-muted">
        <span>{kind === "create" ? "Resources" : "Changes"}</span>
        <span>Monthly cost</span>
      </p>
      <DiffList>
        {plan.changes.map((change) => {
          const monthly = change.action === "delete" ? "0" : monthlyOf(plan.cost, change.component);
          return (
            <DiffRow
              key={change.component}
              action={diffActionOf(change.action)}
              title={change.component}
              detail={changeWords(change)}
              aside={<Money amount={monthly} currency={plan.cost.currency} />}
            />
          );
        })}
      </DiffList>
    </>
  );
}

function Outcome({ data, kind }: { data: PreviewDto; kind: "create" | "update" }) {
  const look = outcomeLooks[data.outcome];
  const nothing = changesNothing(data, kind);
  const reasons = data.verdicts.filter((one) => one.effect !== "allow").map((one) => one.reason);
  const told = data.outcome === "over_quota" ? data.problems : reasons;
  const rules = data.verdicts.length;
  return (
    <>
      <div className="flex items-start gap-2.5">
        <Status tone={look.tone} look="pill" className="mt-px">
          {look.word}
        </Status>
        <p className="min-w-0">{nothing ? "No changes" : look.sentence}</p>
      </div>
      {told.map((reason) => (
        <p key={reason} className="text-xs text-ink-soft">
          {reason}
        </p>
      ))}
      <p className="text-xs text-muted">
        {reasons.length === 0 ? "" : `${rules - reasons.length} of `}
        {formatCount(rules, "policy check")} passed
      </p>
    </>
  );
}

function Room({ data, project }: { data: PreviewDto; project: ProjectOption }) {
  const { cost } = data.plan;
  const added = difference(cost.monthly, cost.monthlyBefore);
  const limited = data.quota.some((use) => use.limit !== null);
  if (!limited && project.budgetMonthly === null) return null;
  return (
    <div className="grid gap-2.5">
      <p className="text-xs text-muted">{project.name}: quota after this request</p>
      <QuotaMeters quota={data.quota} count={2} />
      {project.budgetMonthly !== null && added !== null && project.currency === cost.currency ? (
        <BudgetMeter
          budget={{
            monthly: project.budgetMonthly,
            before: project.committedMonthly,
            added,
            currency: cost.currency,
          }}
        />
      ) : null}
    </div>
  );
}

function Waiting({ failed }: { failed: boolean }) {
  if (failed) {
    return (
      <div className="px-4 pt-4 pb-3.5">
        <p className="text-xs text-muted">Cost</p>
        <p className="text-3xl font-semibold text-muted">unknown</p>
      </div>
    );
  }
  return (
    <div className="grid gap-2.5 px-4 pt-4 pb-3.5">
      <Skeleton className="h-3.5 w-28" />
      <Skeleton className="h-9 w-36" />
      <Skeleton className="mt-4 h-3.5 w-24" />
      <Skeleton className="h-7 w-full" />
      <Skeleton className="h-7 w-full" />
    </div>
  );
}
