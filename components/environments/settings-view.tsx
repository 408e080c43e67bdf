import { inFormOrder, parameterText } from "@/components/requests/plan-model";
import { Button, ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { ReasonedButton } from "@/components/ui/reasoned-button";
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
import { whyNoChange } from "./why-not";

export interface SettingsViewProps {
  environment: EnvironmentDetail;
  backups: readonly BackupDto[];
  /** Titles of the parameters, by name. */
  titles: Readonly<Record<string, string>>;
  /** Members it may be transferred to. */
  candidates: readonly OwnerOption[];
}

/** Configuration of an environment, and everything that can be done to it. */
export function SettingsView({ environment, backups, titles, candidates }: SettingsViewProps) {
  const { id, can, owner } = environment;
  return (
    <div className="grid max-w-3xl gap-4">
      <NewerVersion environment={environment} />
      <Card
        title="Configuration"
        aside={
          can.change ? (
            <ButtonLink href={`/environments/${id}/change`} size="sm">
              Edit configuration
            </ButtonLink>
          ) : null
        }
      >
        <DescriptionList divided items={parameterItems(environment, titles)} />
      </Card>
      <Card
        title="Lease"
        aside={
          can.change ? (
            <ExtendDialog
              environment={environment}
              trigger={
                <ReasonedButton size="sm" reason={whyNoChange(environment)}>
                  Extend lease…
                </ReasonedButton>
              }
            />
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
              trigger={<Button size="sm">Transfer environment…</Button>}
            />
          ) : null
        }
      >
        <DescriptionList divided items={[{ term: "Owner", value: owner.name }]} />
      </Card>
      {can.change && environment.resources.length > 0 ? (
        <Card title="Maintenance">
          <RestartComponents environment={environment} />
          {environment.actions.map((action) => (
            <ActionButton key={action.name} environment={environment} action={action} />
          ))}
        </Card>
      ) : null}
      {can.change ? <DangerZone environment={environment} backups={backups} /> : null}
    </div>
  );
}

function NewerVersion({ environment }: { environment: EnvironmentDetail }) {
  const { id, can, template, newerVersion } = environment;
  if (!newerVersion || !can.change) return null;
  return (
    <Callout
      tone="accent"
      title={`Version ${newerVersion} of ${template.title} is available`}
      action={
        <ButtonLink href={`/environments/${id}/change?version=${newerVersion}`} variant="primary">
          Upgrade…
        </ButtonLink>
      }
    >
      This environment runs {template.version}. You can review the plan before anything changes.
    </Callout>
  );
}

function DangerZone({ environment, backups }: Pick<SettingsViewProps, "environment" | "backups">) {
  return (
    <Card title="Danger zone">
      <div className="divide-y">
        {environment.status === "running" ? (
          <Deed title="Stop" text="Unavailable until started again. Data, addresses and URLs are kept.">
            <StopButton environment={environment} />
          </Deed>
        ) : null}
        {environment.status === "stopped" ? (
          <Deed title="Start" text="Starts with the same data, addresses and URLs.">
            <StartButton environment={environment} />
          </Deed>
        ) : null}
        <Deed title="Destroy" text="Permanently deletes all resources and data, and ends billing.">
          <DestroyButton environment={environment} backups={backups} />
        </Deed>
      </div>
    </Card>
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
    { term: "Cloud", value: clouds.length > 0 ? clouds.join(", ") : "Not assigned yet" },
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
      term: "Expires",
      value: environment.leaseEndsAt ? (
        <>
          <LocalDate value={environment.leaseEndsAt} /> · <LeaseLeft endsAt={environment.leaseEndsAt} />
        </>
      ) : (
        <LeaseLeft {...leaseOf(environment)} />
      ),
    },
    ...(environment.destroyAfter
      ? [{ term: "Scheduled destruction", value: <Time value={environment.destroyAfter} /> }]
      : []),
    { term: "Maximum lease", value: `${environment.maxLeaseDays} days` },
    {
      term: "At expiry",
      value:
        "The environment stops, and is destroyed after a grace period. The owner is notified one day before.",
    },
  ];
}
