"use client";

import { useMemo } from "react";
import { LogViewer } from "@/components/data/log-viewer";
import { Button } from "@/components/ui/button";
import { useRunLog } from "./use-run-log";

export interface RunLogProps {
  runId: string;
  live: boolean;
  /** Only this step's lines. */
  step: { id: string; title: string } | undefined;
  onAll: () => void;
}

/** The run's log as it is written, of one step or of all. */
export function RunLog({ runId, live, step, onAll }: RunLogProps) {
  const { lines, loaded, problem } = useRunLog(runId, live);
  const stepId = step?.id;
  const shown = useMemo(
    () =>
      lines
        .filter((line) => !stepId || line.stepId === stepId)
        .map((line) => ({ time: line.at, source: line.component, text: line.text })),
    [lines, stepId],
  );
  return (
    <section aria-label="Log" className="grid gap-2">
      <div className="flex min-h-7 items-center justify-between gap-3">
        <h2 className="text-sm font-semibold">{step ? `Log: ${step.title}` : "Log"}</h2>
        {problem ? <span className="text-xs text-bad-ink">{problem}</span> : null}
        {step ? (
          <Button size="sm" variant="ghost" onClick={onAll}>
            Show all steps
          </Button>
        ) : null}
      </div>
      <LogViewer
        lines={shown}
        live={live || !loaded}
        fileName={`${runId}.log`}
        height={340}
        label="Run log"
      />
    </section>
  );
}
