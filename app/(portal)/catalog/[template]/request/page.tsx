import type { Metadata } from "next";
import { firstParam, type SearchParams } from "@/components/data/list-params";
import type { FormPage, FormValue } from "@/components/forms/types";
import type { PresetOption } from "@/components/requests/form-model";
import { RequestForm } from "@/components/requests/request-form";
import { Page, PageHeader } from "@/components/ui/page-header";
import { getEnvironment } from "@/lib/features/environments";
import type { EnvironmentDetail } from "@/lib/features/environments/schema";
import {
  getRequest,
  getRequestForm,
  listCloudOptions,
  listProjectOptions,
  presentParameters,
} from "@/lib/features/requests";
import type { RequestDetail } from "@/lib/features/requests/schema";
import { formatCount, formatDuration } from "@/lib/kernel/format";
import { orNotFound } from "../../../or-not-found";
import { getViewer } from "../../../viewer";

export const metadata: Metadata = { title: "New environment" };

export default async function RequestPage(props: {
  params: Promise<{ template: string }>;
  searchParams: Promise<SearchParams>;
}) {
  const [{ template }, search, viewer] = await Promise.all([props.params, props.searchParams, getViewer()]);
  const again = firstParam(search, "again");
  const like = firstParam(search, "like");
  const [facts, projects, clouds, earlier, model] = await orNotFound(
    Promise.all([
      getRequestForm(viewer, template, firstParam(search, "version")),
      listProjectOptions(viewer),
      listCloudOptions(),
      again === undefined ? undefined : getRequest(viewer, again),
      like === undefined ? undefined : getEnvironment(viewer, like),
    ]),
  );
  const { detail } = facts;
  const isModel = model?.template.name === template;
  const known = [
    isModel ? `Duplicate of ${model.name}` : "",
    `Version ${detail.version}`,
    facts.typicalSeconds === null ? "" : `ready in ~${formatDuration(facts.typicalSeconds * 1000)}`,
    facts.running > 0 ? `${formatCount(facts.running, "environment")} running` : "",
  ];
  return (
    <Page className="max-lg:pb-0">
      <PageHeader
        breadcrumb={[
          { label: "Catalog", href: "/catalog" },
          { label: detail.title, href: `/catalog/${template}` },
        ]}
        title="New environment"
        description={known.filter(Boolean).join(" · ")}
      />
      <RequestForm
        key={detail.version}
        target={{ kind: "create", template, version: detail.version }}
        pages={detail.form as FormPage[]}
        presets={facts.presets as PresetOption[]}
        projects={projects}
        clouds={clouds}
        lease={facts.lease}
        versions={[]}
        {...(earlier?.can.repeat && earlier.template.name === template && repeated(earlier))}
        {...(isModel && (await duplicated(model, detail.version)))}
      />
    </Page>
  );
}

/** The values of an environment, for another one like it. Its secrets never leave it: they are entered again. */
async function duplicated(model: EnvironmentDetail, version: string) {
  const { id, name, template, project, parameters } = model;
  const versions = { from: template.version, to: version };
  const copy = `${name}-copy`;
  return {
    again: { environment: id, name: copy.length <= 40 ? copy : "", project: project.slug, reason: "" },
    present: (await presentParameters(template.name, versions, parameters)) as FormValue,
  };
}

/** The values of a request that was not applied, to request them again. */
function repeated({ id, environmentName, project, parameters, secretParameters, reason }: RequestDetail) {
  return {
    again: { request: id, name: environmentName, project: project.slug, reason },
    present: parameters as FormValue,
    stored: secretParameters,
  };
}
