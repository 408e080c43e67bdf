import { Progress } from "@/components/ui/meter";
import { Elapsed } from "@/components/ui/time";
import type { RunDetail } from "@/lib/features/runs/schema";
import { formatDuration } from "@/lib/kernel/format";
import { isOver } from "./looks";

/** Elapsed against the typical duration, and how many steps are done; a bar only while the run is in progress. */
export function RunProgress({ run }: { run: RunDetail }) {
  const done = run.steps.filter((step) => step.status === "succeeded" || step.status === "skipped").length;
  const total = run.steps.length;
  const steps = `${done} of ${total} steps done`;
  return (
    <section
      aria-label="Progress"
      className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-card border bg-panel px-4 py-3.5 shadow-panel"
    >
      <p className="tabular" aria-live="polite">
        <span className="text-xl font-semibold tracking-[-0.015em]">
          {run.startedAt ? <Elapsed since={run.startedAt} until={run.finishedAt} /> : "Waiting to start"}
        </span>{" "}
        <span className="text-muted">{usually(run.typicalSeconds)}</span>
      </p>
      {isOver(run.status) ? (
        <span className="flex-1" />
      ) : (
        <div className="min-w-48 flex-1">
          <Progress value={total > 0 ? done / total : undefined} label={steps} />
        </div>
      )}
      <p className="text-muted tabular">{total > 0 ? steps : "No steps"}</p>
    </section>
  );
}

function usually(seconds: number | null): string {
  if (seconds === null) return "no typical duration yet";
  // Tenths of a second say nothing about a median.
  return `typically ${formatDuration(Math.max(1, Math.round(seconds)) * 1000)}`;
}
