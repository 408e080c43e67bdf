import type { Metadata } from "next";
import { catalogSorts } from "@/components/catalog/catalog-sort";
import { CatalogView } from "@/components/catalog/catalog-view";
import { csvHref } from "@/components/data/api-href";
import { choiceParam, firstParam, type SearchParams } from "@/components/data/list-params";
import { Page, PageHeader } from "@/components/ui/page-header";
import { catalogFacets, listTemplates } from "@/lib/features/catalog";
import { catalogPrice } from "@/lib/features/requests";
import { can } from "@/lib/platform/auth";
import { getViewer } from "../viewer";

export const metadata: Metadata = { title: "Catalog" };

export default async function CatalogPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, getViewer()]);
  const q = firstParam(params, "q")?.trim().slice(0, 100);
  const category = firstParam(params, "category");
  const tag = firstParam(params, "tag");
  const [templates, facets] = await Promise.all([
    listTemplates(viewer, { q, category, tag }, { priceOf: catalogPrice }),
    catalogFacets(),
  ]);
  return (
    <Page>
      <PageHeader
        title="Catalog"
        description="Pick a template to see pricing, sizes and approval requirements."
      />
      <CatalogView
        templates={templates}
        categories={facets.categories}
        tags={facets.tags}
        category={category}
        sort={choiceParam(params, "sort", catalogSorts)}
        csvHref={csvHref("/templates", { query: { q, category, tag } })}
        filtered={Boolean(q || category || tag)}
        params={params}
        author={can(viewer, "template.author")}
      />
    </Page>
  );
}
