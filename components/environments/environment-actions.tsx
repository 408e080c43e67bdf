"use client";

import { ArrowUpRight } from "lucide-react";
import { useRouter } from "next/navigation";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button, ButtonLink } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { useChange } from "./use-change";

export type ActionTarget = Pick<
  EnvironmentDetail,
  "id" | "name" | "status" | "url" | "can" | "activeRunId" | "resources"
>;

/** What can be done to an environment, the one way in standing out. */
export function EnvironmentActions({ environment }: { environment: ActionTarget }) {
  const { id, status, url, can, activeRunId } = environment;
  const running = status === "running";
  const idle = activeRunId === null;
  const keeps = environment.resources.some((one) => one.hasBackup);
  const broken = status === "failed" || (running && environment.resources.some(isBroken));
  return (
    <>
      {can.change && broken ? <RepairButton environment={environment} disabled={!idle} /> : null}
      {can.change && running ? <StopButton environment={environment} disabled={!idle} /> : null}
      {can.change && status === "stopped" ? <StartButton environment={environment} disabled={!idle} /> : null}
      {can.backUp && running && keeps ? <BackUpButton id={id} /> : null}
      {can.change && (running || status === "stopped") ? (
        <ButtonLink href={`/environments/${id}/change`}>Edit configuration</ButtonLink>
      ) : null}
      {url && running ? (
        <ButtonLink href={url} variant="primary" external>
          Open <ArrowUpRight aria-hidden />
        </ButtonLink>
      ) : null}
    </>
  );
}

/** Down or gone outside, by its last look. */
function isBroken({ status, health }: ActionTarget["resources"][number]): boolean {
  return status === "failed" || health === "unhealthy";
}

/** Asks for a repair; what it finds, and what becomes of lost data, stands in the plan. */
export function RepairButton({ environment, disabled }: { environment: ActionTarget; disabled?: boolean }) {
  const change = useChange(environment.id, { watch: true });
  return (
    <ConfirmDialog
      trigger={
        <Button variant="primary" disabled={disabled}>
          Repair
        </Button>
      }
      title={`Repair ${environment.name}?`}
      description="Restores what is missing or broken. Lost data comes from the latest backup, after approval."
      kept={["Addresses, backups and remaining data"]}
      confirmLabel="Repair"
      tone="primary"
      onConfirm={() => change.run({ kind: "repair" })}
    />
  );
}

export function StopButton({ environment, disabled }: { environment: ActionTarget; disabled?: boolean }) {
  const change = useChange(environment.id, { done: `Stopping ${environment.name}…` });
  return (
    <ConfirmDialog
      trigger={<Button disabled={disabled}>Stop</Button>}
      title={`Stop ${environment.name}?`}
      description="The environment is unavailable until you start it. Stopped environments cost less."
      kept={["All data, addresses, URLs and backups"]}
      confirmLabel="Stop"
      tone="primary"
      onConfirm={() => change.run({ kind: "stop" })}
    />
  );
}

export function StartButton({ environment, disabled }: { environment: ActionTarget; disabled?: boolean }) {
  const change = useChange(environment.id, { done: `Starting ${environment.name}…` });
  return (
    <Button
      variant="primary"
      disabled={disabled}
      loading={change.pending}
      onClick={() => void change.run({ kind: "start" })}
    >
      Start
    </Button>
  );
}

function BackUpButton({ id }: { id: string }) {
  const router = useRouter();
  const backUp = useAction(() => apiFetch(`/environments/${id}/backups`, { method: "POST", body: {} }), {
    success: "Backup started",
    onSuccess: () => router.refresh(),
  });
  return (
    <Button loading={backUp.pending} onClick={() => void backUp.run()}>
      Back up now
    </Button>
  );
}
