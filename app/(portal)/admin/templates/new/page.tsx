import type { Metadata } from "next";
import { ManifestForm } from "@/components/admin/manifest-form";
import { firstParam, type SearchParams } from "@/components/data/list-params";
import { Page, PageHeader } from "@/components/ui/page-header";
import { getVersion, listVersions } from "@/lib/features/catalog";
import { viewerFor } from "../../../door";
import { orNotFound } from "../../../or-not-found";

export const metadata: Metadata = { title: "New template version" };

export default async function NewVersionPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, viewerFor("/admin/templates/new")]);
  const versions = await listVersions(viewer);
  const from = firstParam(params, "from") ?? "";
  const chosen = versions.find((one) => `${one.template}@${one.version}` === from);
  const base = chosen ? await orNotFound(getVersion(viewer, chosen.template, chosen.version)) : undefined;
  return (
    <Page>
      <PageHeader
        breadcrumb={[{ label: "Templates", href: "/admin/templates" }]}
        title="New template version"
        description="Saved as a draft. Available in the catalog after another administrator reviews and publishes it."
      />
      <ManifestForm
        key={from}
        from={chosen ? from : ""}
        digest={base?.digest ?? ""}
        source={base?.source ?? ""}
        files={base?.files.length ?? 0}
        bases={versions.map((one) => ({
          value: `${one.template}@${one.version}`,
          label: `${one.title} ${one.version}`,
        }))}
      />
    </Page>
  );
}
