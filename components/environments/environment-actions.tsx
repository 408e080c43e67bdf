"use client";

import { ArrowUpRight } from "lucide-react";
import { useRouter } from "next/navigation";
import { apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button, ButtonLink } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { EnvironmentMenu, type MenuTarget } from "./environment-menu";
import { useChange } from "./use-change";
import { type Changeable, whyNoChange } from "./why-not";

export type ActionTarget = MenuTarget & Pick<EnvironmentDetail, "resources">;

/** What can be done to an environment, the one way in standing out. */
export function EnvironmentActions(props: { environment: ActionTarget; mayRequest: boolean }) {
  const { environment, mayRequest } = props;
  const { id, status, url, can } = environment;
  const running = status === "running";
  const keeps = environment.resources.some((one) => one.hasBackup);
  const broken = status === "failed" || (running && environment.resources.some(isBroken));
  return (
    <>
      {can.change && broken ? <RepairButton environment={environment} /> : null}
      {can.change && running ? <StopButton environment={environment} /> : null}
      {can.change && status === "stopped" ? <StartButton environment={environment} /> : null}
      {can.backUp && running && keeps ? <BackUpButton id={id} /> : null}
      {can.change && (running || status === "stopped") ? (
        <ButtonLink href={`/environments/${id}/change`}>Edit configuration</ButtonLink>
      ) : null}
      <EnvironmentMenu environment={environment} mayRequest={mayRequest} />
      {url && running ? (
        <ButtonLink href={url} variant="primary" external>
          Open <ArrowUpRight aria-hidden />
        </ButtonLink>
      ) : null}
    </>
  );
}

interface ButtonTarget {
  environment: Changeable & Pick<EnvironmentDetail, "id" | "name">;
}

/** Down or gone outside, by its last look. */
function isBroken({ status, health }: ActionTarget["resources"][number]): boolean {
  return status === "failed" || health === "unhealthy";
}

/** Asks for a repair; what it finds, and what becomes of lost data, stands in the plan. */
function RepairButton({ environment }: ButtonTarget) {
  const change = useChange(environment.id, { watch: true });
  return (
    <ConfirmDialog
      trigger={
        <ReasonedButton variant="primary" reason={whyNoChange(environment)}>
          Repair
        </ReasonedButton>
      }
      title={`Repair ${environment.name}?`}
      description="Restores what is missing or broken. Lost data comes from the latest backup, after approval."
      kept={["Addresses, backups and remaining data"]}
      confirmLabel="Repair environment"
      tone="primary"
      onConfirm={() => change.run({ kind: "repair" })}
    />
  );
}

export function StopButton({ environment }: ButtonTarget) {
  const change = useChange(environment.id, { done: `Stopping ${environment.name}…` });
  return (
    <ConfirmDialog
      trigger={<ReasonedButton reason={whyNoChange(environment)}>Stop</ReasonedButton>}
      title={`Stop ${environment.name}?`}
      description="The environment is unavailable until you start it. Stopped environments cost less."
      kept={["All data, addresses, URLs and backups"]}
      confirmLabel="Stop environment"
      tone="primary"
      onConfirm={() => change.run({ kind: "stop" })}
    />
  );
}

export function StartButton({ environment }: ButtonTarget) {
  const change = useChange(environment.id, { done: `Starting ${environment.name}…` });
  return (
    <ReasonedButton
      variant="primary"
      reason={whyNoChange(environment)}
      loading={change.pending}
      onClick={() => void change.run({ kind: "start" })}
    >
      Start
    </ReasonedButton>
  );
}

function BackUpButton({ id }: { id: string }) {
  const router = useRouter();
  const backUp = useAction(() => apiPost("/environments/{id}/backups", { path: { id }, body: {} }), {
    success: "Backup started",
    onSuccess: () => router.refresh(),
  });
  return (
    <Button loading={backUp.pending} onClick={() => void backUp.run()}>
      Back up now
    </Button>
  );
}
