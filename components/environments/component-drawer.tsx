"use client";

import { useRef } from "react";
import { Sheet, SheetContent } from "@/components/ui/sheet";
import type { EnvironmentDetail, ResourceDto } from "@/lib/features/environments/schema";
import type { IncidentDto } from "@/lib/features/monitoring/schema";
import { ComponentActions } from "./component-actions";
import { ComponentConnect } from "./component-connect";
import { ComponentFacts } from "./component-facts";
import { ComponentMetrics } from "./component-metrics";
import { RecentLog } from "./recent-log";

export interface ComponentDrawerProps {
  environment: EnvironmentDetail;
  incidents: readonly IncidentDto[];
  /** The component it shows; null while it is closed. */
  resource: ResourceDto | null;
  onSelect: (component: string) => void;
  onClose: () => void;
  /** Called after it has closed, with the component it showed. */
  onReturnFocus: (component: string) => void;
}

/** Everything about one component: state, connection, metrics, log and restart. Full width on phones. */
export function ComponentDrawer(props: ComponentDrawerProps) {
  const { environment, incidents, resource, onSelect, onClose, onReturnFocus } = props;
  // While it slides out it still shows what it showed.
  const last = useRef(resource);
  if (resource) last.current = resource;
  const shown = last.current;
  if (!shown) return null;
  const running = shown.status === "running";
  return (
    <Sheet open={resource !== null} onOpenChange={(open) => open || onClose()}>
      <SheetContent
        title={shown.title}
        side="right"
        showTitle
        className="max-sm:w-full max-sm:border-l-0"
        onReturnFocus={() => onReturnFocus(shown.component)}
      >
        <div key={shown.component} className="divide-y [&>*]:px-5 [&>*]:py-4">
          <ComponentFacts {...{ environment, incidents, onSelect }} resource={shown} />
          <ComponentActions environment={environment} resource={shown} />
          {running ? <ComponentConnect environment={environment} resource={shown} /> : null}
          <ComponentMetrics environmentId={environment.id} resource={shown} />
          <RecentLog environmentId={environment.id} component={shown.component} />
        </div>
      </SheetContent>
    </Sheet>
  );
}
