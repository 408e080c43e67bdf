import type { Metadata } from "next";
import { firstParam, type SearchParams } from "@/components/data/list-params";
import type { FormPage, FormValue } from "@/components/forms/types";
import type { PresetOption } from "@/components/requests/form-model";
import { RequestForm } from "@/components/requests/request-form";
import { ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Page, PageHeader } from "@/components/ui/page-header";
import { getEnvironment } from "@/lib/features/environments";
import {
  getRequestForm,
  listCloudOptions,
  listProjectOptions,
  presentParameters,
} from "@/lib/features/requests";
import { orNotFound } from "../../../or-not-found";
import { getViewer } from "../../../viewer";

export const metadata: Metadata = { title: "Edit environment" };

export default async function ChangePage(props: {
  params: Promise<{ id: string }>;
  searchParams: Promise<SearchParams>;
}) {
  const [{ id }, search, viewer] = await Promise.all([props.params, props.searchParams, getViewer()]);
  const environment = await orNotFound(getEnvironment(viewer, id));
  const wanted = firstParam(search, "version") ?? environment.template.version;
  const versionsOf = { from: environment.template.version, to: wanted };
  const [facts, present, projects, clouds] = await orNotFound(
    Promise.all([
      getRequestForm(viewer, environment.template.name, wanted),
      presentParameters(environment.template.name, versionsOf, environment.parameters),
      listProjectOptions(viewer),
      listCloudOptions(),
    ]),
  );
  const { template } = environment;
  const versions = [...new Set([...facts.versions, template.version])];
  return (
    <Page className="max-lg:pb-0">
      <PageHeader
        breadcrumb={[
          { label: "Environments", href: "/environments" },
          { label: environment.name, href: `/environments/${id}` },
        ]}
        title={`Edit ${environment.name}`}
        description={`${template.title} ${template.version} in ${environment.project.name}`}
      />
      {environment.can.change ? (
        <>
          {environment.activeRunId ? (
            <Callout
              tone="busy"
              title="Another change is in progress"
              action={<ButtonLink href={`/runs/${environment.activeRunId}`}>View run</ButtonLink>}
            >
              You can submit changes when it finishes.
            </Callout>
          ) : null}
          <RequestForm
            key={facts.detail.version}
            target={{
              kind: "update",
              environment: id,
              version: facts.detail.version,
              currentVersion: template.version,
            }}
            pages={facts.detail.form as FormPage[]}
            presets={facts.presets as PresetOption[]}
            projects={projects.filter((one) => one.id === environment.project.id)}
            clouds={clouds}
            lease={facts.lease}
            versions={versions}
            present={present as FormValue}
            stored={environment.secretParameters}
          />
        </>
      ) : (
        <Callout
          title="You can’t edit this environment"
          action={<ButtonLink href={`/environments/${id}`}>Back to environment</ButtonLink>}
        >
          {environment.destroyedAt
            ? "The environment was destroyed."
            : `Only developers and owners of ${environment.project.name} can edit it.`}
        </Callout>
      )}
    </Page>
  );
}
