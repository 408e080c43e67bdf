import type { Metadata } from "next";
import { TemplateHeader } from "@/components/catalog/template-header";
import { TemplateView } from "@/components/catalog/template-view";
import { firstParam, type SearchParams } from "@/components/data/list-params";
import { Page } from "@/components/ui/page-header";
import { getTemplate, isReadme, listVersionChanges } from "@/lib/features/catalog";
import { catalogPrice, getRequestForm, listCloudOptions } from "@/lib/features/requests";
import { orNotFound } from "../../or-not-found";
import { getViewer } from "../../viewer";

interface Props {
  params: Promise<{ template: string }>;
  searchParams: Promise<SearchParams>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [{ template }, viewer] = await Promise.all([params, getViewer()]);
  const found = await orNotFound(getTemplate(viewer, template));
  return { title: found.title };
}

export default async function TemplatePage(props: Props) {
  const [{ template: name }, search, viewer] = await Promise.all([
    props.params,
    props.searchParams,
    getViewer(),
  ]);
  const [template, facts, clouds] = await orNotFound(
    Promise.all([
      getTemplate(viewer, name, { priceOf: catalogPrice }),
      getRequestForm(viewer, name, firstParam(search, "version")),
      listCloudOptions(),
    ]),
  );
  return (
    <Page>
      <TemplateHeader
        template={template}
        version={facts.detail.version}
        hasReadme={facts.detail.files.some(isReadme)}
      />
      <TemplateView
        template={template}
        version={facts.detail}
        presets={facts.presets}
        lease={facts.lease}
        clouds={clouds}
        changes={await listVersionChanges(viewer, template.versions)}
      />
    </Page>
  );
}
