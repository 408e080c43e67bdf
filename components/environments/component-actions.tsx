"use client";

import { ArrowUpRight, RotateCw } from "lucide-react";
import { ButtonLink } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import type { EnvironmentDetail, ResourceDto } from "@/lib/features/environments/schema";
import { mayLink } from "./link-rows";
import { useChange } from "./use-change";
import { whyNotRunning } from "./why-not";

/** What can be done to one component. */
export function ComponentActions(props: { environment: EnvironmentDetail; resource: ResourceDto }) {
  const { environment, resource } = props;
  const { component, title, url, status } = resource;
  const change = useChange(environment.id, { done: `Restarting ${component}…` });
  return (
    <div className="flex flex-wrap gap-2">
      {url && status === "running" && mayLink(environment, url) ? (
        <ButtonLink href={url} external>
          Open {title} <ArrowUpRight aria-hidden />
        </ButtonLink>
      ) : null}
      <ConfirmDialog
        trigger={
          <ReasonedButton reason={whyNotRunning(environment)}>
            <RotateCw aria-hidden /> Restart component
          </ReasonedButton>
        }
        title={`Restart ${title}?`}
        description="Expect a short interruption of this component and of those that depend on it."
        kept={["All data, addresses and URLs"]}
        confirmLabel="Restart component"
        tone="primary"
        onConfirm={() => change.run({ kind: "restart", component })}
      />
    </div>
  );
}
