import type { Metadata } from "next";
import { TemplateIcon } from "@/components/catalog/template-icon";
import { TemplateView } from "@/components/catalog/template-view";
import { firstParam, type SearchParams } from "@/components/data/list-params";
import { Badge } from "@/components/ui/badge";
import { Page, PageHeader } from "@/components/ui/page-header";
import { getTemplate } from "@/lib/features/catalog";
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
      <PageHeader
        breadcrumb={[{ label: "Catalog", href: "/catalog" }]}
        title={
          <span className="flex items-center gap-3">
            <span className="max-sm:hidden">
              <TemplateIcon name={template.icon} />
            </span>
            {template.title}
          </span>
        }
        status={<Badge>{facts.detail.version}</Badge>}
        description={<span className="block max-w-3xl">{template.description}</span>}
      />
      <TemplateView
        template={template}
        version={facts.detail}
        presets={facts.presets}
        lease={facts.lease}
        clouds={clouds}
      />
    </Page>
  );
}
