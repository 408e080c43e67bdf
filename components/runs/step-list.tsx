import { Card } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { Status } from "@/components/ui/status";
import { Elapsed, Time } from "@/components/ui/time";
import { type StepDto, stepStatusLabels } from "@/lib/features/runs/schema";
import { formatCount } from "@/lib/kernel/format";
import { Graph } from "@/lib/kernel/graph";
import { sentences } from "@/lib/kernel/sentences";
import { isEndStep, stepTitle, stepTones } from "./looks";

export interface StepListProps {
  steps: readonly StepDto[];
  chosen: string | undefined;
  onChoose: (id: string) => void;
}

/** Every step with how long it took, how often it was tried and what went wrong. */
export function StepList({ steps, chosen, onChoose }: StepListProps) {
  return (
    <Card title="Steps" aside={steps.length > 0 ? "Select a step to filter the log" : null} flush>
      {steps.length === 0 ? <p className="px-4 py-6 text-muted">No steps yet</p> : null}
      <ol className="divide-y">
        {inOrder(steps).map((step) => (
          <li key={step.id}>
            <button
              type="button"
              aria-pressed={chosen === step.id}
              onClick={() => onChoose(step.id)}
              className={cn(
                "grid w-full gap-0.5 px-4 py-2.5 text-left outline-offset-[-2px] hover:bg-subtle",
                chosen === step.id && "bg-accent-soft hover:bg-accent-soft",
              )}
            >
              <span className="flex items-baseline justify-between gap-3">
                <span className="min-w-0 truncate font-medium">{stepTitle(step)}</span>
                <Status tone={stepTones[step.status]} className="text-sm">
                  {stepStatusLabels[step.status]}
                </Status>
              </span>
              <StepFacts step={step} />
              {step.error && step.status !== "succeeded" ? (
                <span className="text-xs text-bad-ink [overflow-wrap:anywhere]">
                  {sentences(step.error.message, step.error.hint)}
                </span>
              ) : null}
            </button>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function StepFacts({ step }: { step: StepDto }) {
  return (
    <span className="flex flex-wrap gap-x-1.5 text-xs text-muted tabular">
      {isEndStep(step) ? null : (
        <>
          <span>{step.component}</span>
          <span aria-hidden>·</span>
        </>
      )}
      {step.startedAt ? (
        <span>
          <Elapsed since={step.startedAt} until={elapsedUntil(step)} />
        </span>
      ) : (
        <span>Not started</span>
      )}
      {step.attempts > 1 ? <span>· {formatCount(step.attempts, "attempt")}</span> : null}
      {step.nextAttemptAt && step.status === "waiting" ? (
        <span>
          · next attempt <Time value={step.nextAttemptAt} />
        </span>
      ) : null}
    </span>
  );
}

/** Steps as they are done: after everything they wait for, otherwise as the plan has them. */
function inOrder(steps: readonly StepDto[]): StepDto[] {
  const at = new Map(steps.map((step) => [step.position, step]));
  const order = Graph.of(steps.map((step) => [step.position, step.dependsOn] as const)).order();
  return order.flatMap((position) => at.get(position) ?? []);
}

/** A step that no one works on any more stops counting. */
function elapsedUntil(step: StepDto): string | null {
  if (step.finishedAt) return step.finishedAt;
  return step.status === "running" || step.status === "waiting" ? null : step.startedAt;
}
