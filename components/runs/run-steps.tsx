"use client";

import { type ReactNode, useState } from "react";
import { TopologyGraph } from "@/components/topology/topology-graph";
import type { TopologyEdge, TopologyNode } from "@/components/topology/types";
import { Card } from "@/components/ui/card";
import type { RunDetail, StepDto } from "@/lib/features/runs/schema";
import { formatDuration, toMs } from "@/lib/kernel/format";
import { Graph } from "@/lib/kernel/graph";
import { isOver, nodeState, stepTitle, stepWords } from "./looks";
import { RunLog } from "./run-log";
import { StepList } from "./step-list";

/** The graph of steps, the list of them and their log; choosing a step narrows the log to it. */
export function RunSteps({ run, aside }: { run: RunDetail; aside: ReactNode }) {
  const [chosen, setChosen] = useState<string>();
  const step = run.steps.find((one) => one.id === chosen);
  const choose = (id: string) => setChosen((before) => (before === id ? undefined : id));
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_23rem]">
      <div className="grid min-w-0 gap-4">
        {/* On phones the list says the same. */}
        <Card title="Execution graph" flush className="max-sm:hidden">
          {run.steps.length === 0 ? (
            <p className="px-4 py-10 text-center text-muted">
              {isOver(run.status) ? "No steps were required" : "Steps appear when the run starts."}
            </p>
          ) : (
            <TopologyGraph
              label="Steps of the run"
              nodes={run.steps.map(nodeOf)}
              edges={edgesOf(run.steps)}
              onSelect={choose}
              selectedId={chosen}
            />
          )}
        </Card>
        <RunLog
          runId={run.id}
          live={!isOver(run.status)}
          step={step ? { id: step.id, title: stepTitle(step) } : undefined}
          onAll={() => setChosen(undefined)}
        />
      </div>
      <div className="grid min-w-0 gap-4 max-lg:order-first">
        {aside}
        <StepList steps={run.steps} chosen={chosen} onChoose={choose} />
      </div>
    </div>
  );
}

function nodeOf(step: StepDto): TopologyNode {
  const words = stepWords(step);
  const took =
    step.startedAt && step.finishedAt ? formatDuration(toMs(step.finishedAt) - toMs(step.startedAt)) : "";
  const facts = [words.fact, took, step.attempts > 1 ? `attempt ${step.attempts}` : ""];
  return {
    id: step.id,
    title: words.node,
    subtitle: "succeeded",
    state: nodeState(step.status),
    lines: [facts.filter(Boolean).join(" · ")],
    icon: "box",
  };
}

/** What waits for what, without the lines that follow from others. */
function edgesOf(steps: readonly StepDto[]): TopologyEdge[] {
  const idAt = new Map(steps.map((step) => [step.position, step.id]));
  const graph = Graph.of(steps.map((step) => [step.position, step.dependsOn] as const)).withoutImplied();
  return graph
    .edges()
    .map(({ before, after }) => ({ from: idAt.get(before) ?? "", to: idAt.get(after) ?? "" }));
}
