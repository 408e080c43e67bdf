import { PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { LinkTabs } from "@/components/ui/tabs";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import { EnvironmentActions } from "./environment-actions";
import { LeaseLeft } from "./lease-left";
import { leaseOf, stateOf } from "./looks";

export interface EnvironmentHeaderProps {
  environment: EnvironmentDetail;
  /** The viewer may see what it costs. */
  costs: boolean;
  /** The viewer may request environments in its project. */
  mayRequest: boolean;
}

/** Where, what, how it is, what can be done; then the tabs. */
export function EnvironmentHeader({ environment, costs, mayRequest }: EnvironmentHeaderProps) {
  const { id, name, template, clouds, owner, project } = environment;
  const { tone, word } = stateOf(environment);
  const home = `/environments/${id}`;
  return (
    <div className="grid gap-4">
      <PageHeader
        breadcrumb={[
          { label: "Environments", href: "/environments" },
          { label: project.name, href: `/environments?project=${project.slug}` },
        ]}
        title={name}
        status={
          <Status tone={tone} look="pill">
            {word}
          </Status>
        }
        description={
          <>
            {template.title} {template.version}
            {clouds.length > 0 ? ` on ${clouds.join(" and ")}` : ""} · owned by {owner.name} ·{" "}
            {environment.destroyedAt ? "destroyed" : <LeaseLeft {...leaseOf(environment)} />}
          </>
        }
        actions={<EnvironmentActions environment={environment} mayRequest={mayRequest} />}
      />
      <LinkTabs
        label={`${name} sections`}
        tabs={[
          { href: home, label: "Overview", exact: true },
          { href: `${home}/monitoring`, label: "Monitoring" },
          { href: `${home}/logs`, label: "Logs" },
          { href: `${home}/backups`, label: "Backups" },
          ...(costs ? [{ href: `${home}/costs`, label: "Costs" }] : []),
          { href: `${home}/activity`, label: "Activity" },
          { href: `${home}/settings`, label: "Settings" },
        ]}
      />
    </div>
  );
}
