import type { Metadata } from "next";
import { MarkdownText } from "@/components/catalog/markdown";
import { guideHref } from "@/components/guides/guide-links";
import { Card } from "@/components/ui/card";
import { Page, PageHeader } from "@/components/ui/page-header";
import { LinkTabs } from "@/components/ui/tabs";
import { getGuide } from "@/lib/features/guides";
import { guides } from "@/lib/features/guides/schema";
import { orNotFound } from "../../or-not-found";
import { getViewer } from "../../viewer";

interface Props {
  params: Promise<{ name: string }>;
}

const titleOf = (name: string) => guides.find((guide) => guide.name === name)?.title ?? "Guides";

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: titleOf((await params).name) };
}

export default async function GuidePage({ params }: Props) {
  await getViewer();
  const { name } = await params;
  const text = await orNotFound(getGuide(name));
  const summary = guides.find((guide) => guide.name === name)?.summary;
  return (
    <Page narrow>
      <PageHeader title={titleOf(name)} description={summary} />
      <LinkTabs
        label="Guides"
        tabs={guides.map((guide) => ({ href: `/guides/${guide.name}`, label: guide.title }))}
      />
      <Card>
        <MarkdownText text={text} linkOf={guideHref} />
      </Card>
    </Page>
  );
}
