import type { Metadata } from "next";
import { Maintainer } from "@/components/catalog/maintainer";
import { MarkdownText } from "@/components/catalog/markdown";
import { TemplateHeader } from "@/components/catalog/template-header";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Page } from "@/components/ui/page-header";
import { getReadme, getTemplate, getVersion, loadVersionByName } from "@/lib/features/catalog";
import { orNotFound } from "../../../or-not-found";
import { getViewer } from "../../../viewer";

interface Props {
  params: Promise<{ template: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [{ template }, viewer] = await Promise.all([params, getViewer()]);
  const found = await orNotFound(getTemplate(viewer, template));
  return { title: `${found.title}: README` };
}

export default async function ReadmePage({ params }: Props) {
  const [{ template: name }, viewer] = await Promise.all([params, getViewer()]);
  const template = await orNotFound(getTemplate(viewer, name));
  const { version } = await orNotFound(loadVersionByName(name, template.version ?? undefined));
  const [readme, { contact }] = await orNotFound(
    Promise.all([getReadme(viewer, name, version), getVersion(viewer, name, version)]),
  );
  return (
    <Page>
      <TemplateHeader template={template} version={version} hasReadme />
      <Card>
        {readme === null ? (
          <EmptyState title="Can’t show the README">
            The file isn’t text or is larger than 256 KiB. Ask the template’s owner to shorten it.
          </EmptyState>
        ) : (
          <MarkdownText text={readme} />
        )}
      </Card>
      <p className="-mt-2 text-xs text-muted">
        Maintained by: <Maintainer owner={template.owner} contact={contact} />
      </p>
    </Page>
  );
}
