import { Check, X } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";

export type StepState = "done" | "current" | "upcoming" | "failed";

export interface StepItem {
  label: ReactNode;
  state: StepState;
  note?: ReactNode;
}

const looks: Record<StepState, string> = {
  done: "border-transparent bg-good-soft text-good-ink",
  current: "border-accent-ink bg-accent-soft text-accent-ink",
  upcoming: "border-line-strong bg-panel text-muted",
  failed: "border-transparent bg-bad-soft text-bad-ink",
};

const words: Record<StepState, string> = {
  done: "completed",
  current: "current",
  upcoming: "pending",
  failed: "failed",
};

/** Where something is on its way. Horizontal from tablets up, vertical on phones or when asked. */
export function Stepper(props: {
  steps: readonly StepItem[];
  label: string;
  vertical?: boolean;
  /** Goes to a step by its place; without it the steps only tell. */
  onStep?: (index: number) => void;
}) {
  const { onStep } = props;
  const row = !props.vertical;
  return (
    <ol aria-label={props.label} className={cn("grid gap-3", row && "sm:flex sm:gap-0")}>
      {props.steps.map((step, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
          key={index}
          aria-current={step.state === "current" ? "step" : undefined}
          className={cn("flex items-start gap-2.5", row && "sm:flex-1 sm:last:flex-none")}
        >
          <span
            className={cn(
              "flex size-5.5 shrink-0 items-center justify-center rounded-full border text-2xs font-semibold tabular",
              looks[step.state],
            )}
          >
            <StepMark state={step.state} number={index + 1} />
          </span>
          <span className="min-w-0">
            {onStep && step.state !== "current" ? (
              <button
                type="button"
                onClick={() => onStep(index)}
                className={cn(
                  "rounded-sm underline-offset-3 hover:text-ink hover:underline",
                  step.state === "upcoming" ? "text-muted" : "font-medium",
                )}
              >
                {step.label}
              </button>
            ) : (
              <span className={cn(step.state === "upcoming" ? "text-muted" : "font-medium")}>
                {step.label}
              </span>
            )}
            <span className="sr-only"> {words[step.state]}</span>
            {step.note ? <span className="block text-xs text-muted">{step.note}</span> : null}
          </span>
          {row && index < props.steps.length - 1 ? (
            <span aria-hidden className="mx-3 mt-2.5 hidden h-px flex-1 bg-line-strong sm:block" />
          ) : null}
        </li>
      ))}
    </ol>
  );
}

function StepMark({ state, number }: { state: StepState; number: number }) {
  if (state === "done") return <Check className="size-3.5" aria-hidden />;
  if (state === "failed") return <X className="size-3.5" aria-hidden />;
  return number;
}
