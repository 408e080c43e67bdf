import { inFormOrder, parameterText } from "@/components/requests/plan-model";
import { Button, ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { LocalDate, Time } from "@/components/ui/time";
import type { BackupDto } from "@/lib/features/backups/schema";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { DestroyButton } from "./destroy-button";
import { StartButton, StopButton } from "./environment-actions";
import { ExtendDialog } from "./extend-dialog";
import { LeaseLeft } from "./lease-left";
import { leaseOf } from "./looks";
import { ActionButton, RestartComponents } from "./maintenance";
import { type OwnerOption, TransferDialog } from "./transfer-dialog";

export interface SettingsViewProps {
  environment: EnvironmentDetail;
  backups: readonly BackupDto[];
  /** Titles of the parameters, by name. */
  titles: Readonly<Record<string, string>>;
  /** Members it may be transferred to. */
  candidates: readonly OwnerOption[];
}

/** What it was asked to be, and everything that can be done to it. */
export function SettingsView({ environment, backups, titles, candidates }: SettingsViewProps) {
  const { id, can, owner, status, template, newerVersion } = environment;
  const idle = environment.activeRunId === null;
  return (
    <div className="grid max-w-3xl gap-4">
      {newerVersion && can.change ? (
        <Callout
          tone="accent"
          title={`Version ${newerVersion} of ${template.title} is there`}
          action={
            <ButtonLink href={`/environments/${id}/change?version=${newerVersion}`} variant="primary">
              Upgrade…
            </ButtonLink>
          }
        >
          This environment runs {template.version}. You see what would change before anything happens.
        </Callout>
      ) : null}
      <Card
        title="Template and parameters"
        aside={
          can.change ? (
            <ButtonLink href={`/environments/${id}/change`} size="sm">
              Change…
            </ButtonLink>
          ) : null
        }
      >
        <DescriptionList divided items={parameterItems(environment, titles)} />
      </Card>
      <Card
        title="Lease"
        aside={
          can.change && idle ? (
            <ExtendDialog environment={environment} trigger={<Button size="sm">Extend…</Button>} />
          ) : null
        }
      >
        <DescriptionList divided items={leaseItems(environment)} />
      </Card>
      <Card
        title="Owner"
        aside={
          can.transfer ? (
            <TransferDialog
              environments={[environment]}
              candidates={candidates}
              trigger={<Button size="sm">Transfer ownership…</Button>}
            />
          ) : null
        }
      >
        <DescriptionList divided items={[{ term: "Owner", value: owner.name }]} />
      </Card>
      {can.change && environment.resources.length > 0 ? (
        <Card title="Maintenance">
          <RestartComponents environment={environment} disabled={!idle || status !== "running"} />
          {environment.actions.map((action) => (
            <ActionButton
              key={action.name}
              environmentId={id}
              action={action}
              disabled={!idle || status !== "running"}
            />
          ))}
        </Card>
      ) : null}
      {can.change ? (
        <Card title="End">
          <div className="divide-y">
            {status === "running" || status === "stopped" ? (
              <Deed
                title={status === "running" ? "Stop" : "Start"}
                text={
                  status === "running"
                    ? "It cannot be reached until it is started again. Data, addresses and links stay."
                    : "It comes back with the same data, addresses and links."
                }
              >
                {status === "running" ? (
                  <StopButton environment={environment} disabled={!idle} />
                ) : (
                  <StartButton id={id} disabled={!idle} />
                )}
              </Deed>
            ) : null}
            <Deed
              title="Destroy"
              text="Takes everything of it out of its clouds and ends its cost. This cannot be undone."
            >
              <DestroyButton environment={environment} backups={backups} disabled={!idle} />
            </Deed>
          </div>
        </Card>
      ) : null}
    </div>
  );
}

function Deed(props: { title: string; text: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{props.title}</p>
        <p className="text-sm text-muted">{props.text}</p>
      </div>
      {props.children}
    </div>
  );
}

function parameterItems(environment: EnvironmentDetail, titles: Readonly<Record<string, string>>) {
  const { template, project, planned } = environment;
  const clouds = planned ? [...new Set(planned.components.map((one) => one.cloud))] : environment.clouds;
  return [
    { term: "Template", value: `${template.title} ${template.version}` },
    { term: "Project", value: project.name },
    { term: "Where", value: clouds.length > 0 ? clouds.join(", ") : "not placed yet" },
    ...inFormOrder(environment.parameters, titles).map(([name, value]) => ({
      term: titles[name] ?? name,
      value: <span className="[overflow-wrap:anywhere]">{parameterText(value)}</span>,
    })),
    ...environment.secretParameters.map((name) => ({
      term: titles[name] ?? name,
      value: <span className="text-muted">Set, not shown</span>,
    })),
  ];
}

function leaseItems(environment: EnvironmentDetail) {
  return [
    {
      term: "Ends",
      value: environment.leaseEndsAt ? (
        <>
          <LocalDate value={environment.leaseEndsAt} /> · <LeaseLeft endsAt={environment.leaseEndsAt} />
        </>
      ) : (
        <LeaseLeft {...leaseOf(environment)} />
      ),
    },
    ...(environment.destroyAfter
      ? [{ term: "Is destroyed", value: <Time value={environment.destroyAfter} /> }]
      : []),
    { term: "Longest extension", value: `${environment.maxLeaseDays} days` },
    {
      term: "When it ends",
      value: "It is stopped; after a time of grace it is destroyed. You are told a day before.",
    },
  ];
}
