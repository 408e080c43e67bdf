"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { NativeSelect } from "@/components/ui/native-select";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { useChange } from "./use-change";
import { whyNotRunning } from "./why-not";

const rowClasses =
  "flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-t py-3 first:border-t-0 first:pt-0 last:pb-0";

/** Restarts one component, or all of them in their order. */
export function RestartComponents({ environment }: { environment: EnvironmentDetail }) {
  const [component, setComponent] = useState("");
  const change = useChange(environment.id, { done: `Restarting ${environment.name}…` });
  const what = component || "all components";
  return (
    <div className={rowClasses}>
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">Restart</p>
        <p className="text-sm text-muted">Restart unresponsive components. Data and addresses are kept.</p>
      </div>
      <div className="flex gap-2">
        <NativeSelect
          aria-label="Component to restart"
          className="h-8.5 w-44 [&>select]:min-h-0"
          value={component}
          onChange={(event) => setComponent(event.target.value)}
        >
          <option value="">All components</option>
          {environment.resources.map((one) => (
            <option key={one.component} value={one.component}>
              {one.component}
            </option>
          ))}
        </NativeSelect>
        <ConfirmDialog
          trigger={<ReasonedButton reason={whyNotRunning(environment)}>Restart</ReasonedButton>}
          title={`Restart ${what}?`}
          description="Expect a short interruption."
          confirmLabel={component ? "Restart component" : "Restart environment"}
          tone="primary"
          onConfirm={() => change.run({ kind: "restart", ...(component ? { component } : {}) })}
        />
      </div>
    </div>
  );
}

/** One of the template's own actions. */
export function ActionButton(props: {
  environment: EnvironmentDetail;
  action: EnvironmentDetail["actions"][number];
}) {
  const { environment, action } = props;
  const change = useChange(environment.id, { watch: true });
  return (
    <div className={rowClasses}>
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{action.title}</p>
        <p className="text-sm text-muted">
          {action.description || `Template action on ${action.component}.`}
        </p>
      </div>
      <ConfirmDialog
        trigger={<ReasonedButton reason={whyNotRunning(environment)}>Run</ReasonedButton>}
        title={`${action.title}?`}
        description={`Runs on ${action.component}. The output appears in the run log.`}
        confirmLabel="Run action"
        tone="primary"
        onConfirm={() => change.run({ kind: "action", action: action.name })}
      />
    </div>
  );
}
